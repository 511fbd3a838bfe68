import type { Alias, Examination, Finding, FunctionMetrics, Version } from '@anyfaas/kit'
import type { Style } from './style.ts'
import { drawTable } from './table.ts'
import { clean } from './width.ts'

/** The versions of a function, newest first, each with the aliases that lead to it. */
export function drawVersions({ function: name, versions, aliases }: FunctionVersionsView, style: Style): string {
  if (versions.length === 0) return `${clean(name)} has no versions\n`
  const rows = versions.map(({ id, time, description }) => [
    style.paint('bold', clean(id)),
    time === undefined ? '' : new Date(time).toISOString(),
    aliases.flatMap((alias) => leads(alias, id)).join(', '),
    clean(description ?? ''),
  ])
  return `${[clean(name), ...drawTable(rows, { indent: '  ' })].join('\n')}\n`
}

export interface FunctionVersionsView {
  readonly function: string
  readonly versions: readonly Version[]
  readonly aliases: readonly Alias[]
}

/** `login: live → 4 (10% → 5)`, a line each. */
export function drawAliases(aliases: readonly Alias[], { signs }: Style): string {
  return aliases
    .map(({ fn, name, version, canary }) => {
      const more = canary ? ` (${percent(canary.share)} ${signs.arrow} ${clean(canary.version)})` : ''
      return `${clean(fn)}: ${clean(name)} ${signs.arrow} ${clean(version)}${more}\n`
    })
    .join('')
}

/** A row a function: calls, errors, throttles, times. */
export function drawMetrics(functions: readonly FunctionMetrics[], style: Style): string {
  const head = ['function', 'calls', 'errors', 'throttled', 'average', 'longest'].map((word) =>
    style.paint('dim', word),
  )
  const rows = functions.map(({ function: name, calls, errors, throttles, averageMs, maxMs }) => [
    style.paint('bold', clean(name)),
    String(calls),
    errors > 0 ? style.paint('red', String(errors)) : '0',
    String(throttles),
    milliseconds(averageMs),
    milliseconds(maxMs),
  ])
  return `${drawTable([head, ...rows]).join('\n')}\n`
}

/** What the doctor found, a sign and a line each, and the policy to paste. */
export function drawExamination(title: string, { findings, policy }: Examination, style: Style): string {
  const lines = findings.flatMap((finding) => drawFinding(finding, style))
  const rights = policy
    ? ['', 'the rights that a deploy of this service needs:', JSON.stringify(policy, undefined, 2)]
    : []
  return `${[style.paint('bold', clean(title)), ...(lines.length > 0 ? lines : ['  nothing to examine']), ...rights].join('\n')}\n`
}

function drawFinding({ what, state, found, help }: Finding, { signs, paint }: Style): string[] {
  const sign =
    state === 'good'
      ? paint('green', signs.ok)
      : paint(state === 'bad' ? 'red' : 'yellow', state === 'bad' ? signs.bad : '!')
  return [`  ${sign} ${clean(what)}: ${clean(found)}`, ...(help ? [`    ${paint('dim', clean(help))}`] : [])]
}

function leads({ name, version, canary }: Alias, id: string): string[] {
  const rest = canary ? 1 - canary.share : 1
  if (version === id) return [canary ? `${clean(name)} ${percent(rest)}` : clean(name)]
  return canary?.version === id ? [`${clean(name)} ${percent(canary.share)}`] : []
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))}%`
}

function milliseconds(value: number | undefined): string {
  return value === undefined ? '' : `${Math.round(value)} ms`
}
