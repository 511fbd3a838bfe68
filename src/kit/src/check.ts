import { type Diagnostic, error, type Pointer, warning } from './diagnostic.ts'
import { environmentOf } from './environment.ts'
import type { Subject } from './fields.ts'
import { canonicalRuntime, type Facts } from './provider.ts'
import { type Fn, type HealthCheck, membersOf, type Service } from './service.ts'
import { type Value, writeValue } from './value.ts'

/** What a platform's facts say of a function. */
export interface Checked {
  /** The platform's id of the runtime. */
  readonly runtime: string
  readonly diagnostics: readonly Diagnostic[]
}

/** Holds a function against the facts of a platform: its runtime and its environment. Ranges are the fields' matter. */
export function checkFunction(fn: Fn, facts: Facts, subject: Subject): Checked {
  const { runtime, diagnostics } = checkRuntime(fn, facts, subject)
  return { runtime, diagnostics: [...diagnostics, ...checkNames(fn, facts, subject), ...checkSize(fn, facts, subject)] }
}

// The runtimes of the file format; whatever else a file names is taken for the platform's own id.
const CANONICAL = /^(nodejs(\d+)?|python3\.\d+|java\d+|go1|php\d\S*|dotnet\d+|ruby3\S*|custom|container)$/

function checkRuntime(fn: Fn, facts: Facts, { platform, name }: Subject): Checked {
  const canonical = canonicalRuntime(facts, fn.runtime)
  const own = Object.hasOwn(facts.runtimes, canonical) ? facts.runtimes[canonical] : undefined
  const fact = own ?? Object.values(facts.runtimes).find(({ id }) => id === canonical)
  const place = { pointer: `${fn.at}/runtime`, on: 'value' as const }
  if (fact?.endOfLife) {
    const message = `${platform} takes no new functions with "${canonical}" from ${fact.endOfLife} on (${name})`
    return {
      runtime: fact.id,
      diagnostics: [
        warning('SLS3005', message, {
          ...place,
          reason: `no new functions with "${canonical}" from ${fact.endOfLife} on`,
          help: [`use ${facts.nodejs}, or another runtime that is still maintained`],
        }),
      ],
    }
  }
  if (fact) return { runtime: fact.id, diagnostics: [] }
  if (!CANONICAL.test(canonical)) {
    return {
      runtime: canonical,
      diagnostics: [
        warning(
          'SLS3004',
          `"${canonical}" of ${name} is not among the runtimes that are known of ${platform}; it is passed on as it is`,
          { ...place, reason: `"${canonical}" is not among the runtimes that are known; it is passed on as it is` },
        ),
      ],
    }
  }
  const family = canonical.replace(/[\d.]+\S*$/, '')
  const known = Object.keys(facts.runtimes).filter(
    (runtime) => runtime.startsWith(family) && !facts.runtimes[runtime]?.endOfLife,
  )
  const help = [
    ...(known.length > 0 ? [`${platform} has ${known.join(', ')}`] : []),
    'or bring the interpreter along: runtime: custom',
  ]
  return {
    runtime: canonical,
    diagnostics: [
      error('SLS3004', `${platform} has no "${canonical}" (${name})`, {
        ...place,
        help,
        reason: `there is no "${canonical}"`,
      }),
    ],
  }
}

function checkNames(fn: Fn, facts: Facts, { platform }: Subject): Diagnostic[] {
  const owners = fn.code.kind === 'aggregate' ? [fn, ...membersOf(fn)] : [fn]
  return owners.flatMap((owner) =>
    Object.keys(owner.environment)
      .filter((name) => !isFree(name, facts))
      .map((name) => nameMistake(name, facts, { platform, at: owner.at })),
  )
}

// The same names come again in every function.
const free = new WeakMap<Facts, Set<string>>()

function isFree(name: string, facts: Facts): boolean {
  const known = free.get(facts) ?? new Set<string>()
  if (known.has(name)) return true
  if (facts.reservedEnvironment?.test(name) || facts.environmentName?.test(name) === false) return false
  free.set(facts, known.add(name))
  return true
}

function nameMistake(
  name: string,
  facts: Facts,
  { platform, at }: { readonly platform: string; readonly at: Pointer },
): Diagnostic {
  const key = name.replaceAll('~', '~0').replaceAll('/', '~1')
  const place = { pointer: `${at}/environment/${key}`, on: 'key' as const }
  if (facts.reservedEnvironment?.test(name)) {
    const help = ['choose another name']
    return error('SLS3003', `${platform} keeps the variable "${name}" for itself`, { ...place, help })
  }
  const help = ['begin with a letter, and use letters, digits and underscores']
  return error('SLS3003', `"${name}" is no name for a variable on ${platform}`, { ...place, help })
}

function checkSize(fn: Fn, facts: Facts, { platform, name }: Subject): Diagnostic[] {
  if (facts.environmentBytes === undefined) return []
  const { variables } = environmentOf(fn)
  let units = 0
  for (const key in variables) units += key.length + writeValue(variables[key] as Value).length
  // A unit of a JavaScript text is three bytes at most, so most environments need no counting.
  const isSmall = units * 3 <= facts.environmentBytes
  const bytes = isSmall
    ? 0
    : utf8Length(
        Object.keys(variables)
          .map((key) => key + writeValue(variables[key] as Value))
          .join(''),
      )
  if (bytes <= facts.environmentBytes) return []
  const message = `the environment of ${name} has ${bytes} bytes; ${platform} takes ${facts.environmentBytes}`
  return [
    error('SLS3003', message, {
      pointer: `${fn.at}/environment`,
      on: 'key',
      help: ['put large values into a file of the package, or fetch them at the start'],
    }),
  ]
}

/** Warns of variables that the vendor's own tool would take for its `${…}`. Secrets are written in its words. */
export function checkBraces(fn: Fn, { name }: Subject, tool: string): Diagnostic[] {
  const { variables } = environmentOf(fn)
  const holds = (value: unknown): boolean => typeof value === 'string' && value.includes('${')
  const taken = Object.keys(variables).filter((key) => holds(variables[key]))
  return taken.map((key) => {
    const message = `the variable "${key}" of ${name} holds "\${", which ${tool} reads as a variable of its own`
    return warning('SLS3003', message, {
      pointer: `${fn.at}/environment/${key}`,
      on: 'value',
      help: ['deploy with sls, or keep the text out of the file'],
    })
  })
}

/** Warns of the settings of a health check for which the platform has no word; `known` are those that it has. */
export function checkHealth(fn: Fn, { platform, name }: Subject, known: readonly (keyof HealthCheck)[]): Diagnostic[] {
  const check = fn.code.kind === 'custom' || fn.code.kind === 'container' ? fn.code.healthCheck : undefined
  const lost = Object.keys(check ?? {}).filter((key) => !(known as readonly string[]).includes(key))
  if (lost.length === 0) return []
  const words = lost.map((key) => `"healthCheck.${key.replace(/Sec$/, '')}"`).join(', ')
  const left = lost.length === 1 ? 'has no counterpart' : 'have no counterparts'
  const message = `${words} of ${name} ${left} on ${platform}: left out`
  const reason = `${words}: there is no word for it`
  return [warning('SLS3002', message, { pointer: `${fn.at}/${fn.code.kind}/healthCheck`, on: 'key', reason })]
}

/** Warns of the description of a service, where a file of the platform has no place for it. */
export function checkDescription({ description }: Service, platform: string): Diagnostic[] {
  if (description === undefined) return []
  const reason = 'only functions have descriptions'
  const message = `the description of the service has no counterpart on ${platform} and is left out: ${reason}`
  return [warning('SLS3002', message, { pointer: '/service/description', on: 'key', reason })]
}

function utf8Length(text: string): number {
  let bytes = 0
  for (const character of text) {
    const point = character.codePointAt(0) as number
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4
  }
  return bytes
}
