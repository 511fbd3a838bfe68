import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { readSource } from '../../src/config/read.ts'
import { type Diagnostic, hasErrors, isSlsError } from '../../src/kit/src/index.ts'
import { loadTargets, type NamedTarget, translateAll } from '../translate/targets.ts'
import { type Leaf, leavesOf } from './leaves.ts'
import { lostLeaves, type Reading, read, reading, translation } from './lost.ts'

/** What becomes of one file. */
export interface FileReport {
  readonly file: string
  readonly leaves: number
  /** Codes of the errors and their number; absent when the file is normalized. */
  readonly refused?: Codes
  readonly lost: readonly Leaf[]
  /** Target -> what becomes of it there. */
  readonly targets: Readonly<Record<string, TargetReport>>
}

export interface TargetReport {
  readonly refused?: Codes
  readonly lost: readonly Leaf[]
}

type Codes = Readonly<Record<string, number>>

/** Reads and translates every service file of a folder. Anything but a diagnostic is thrown. */
export async function reportCorpus(folder: string): Promise<readonly FileReport[]> {
  const targets = await loadTargets()
  const files = readdirSync(folder).filter((name) => /\.(ya?ml|json)$/.test(name))
  const reports: FileReport[] = []
  for (const file of files.sort()) reports.push(await reportFile(join(folder, file), file, targets))
  return reports
}

async function reportFile(path: string, file: string, targets: readonly NamedTarget[]): Promise<FileReport> {
  const { source, loaded, diagnostics } = await open(path)
  const leaves = source ? leavesOf(source.value).length : 0
  if (!source || !loaded) return { file, leaves, refused: codesOf(diagnostics), lost: [], targets: {} }
  const [lost = [], ...others] = await lostLeaves(source, loaded, [reading, ...targets.map(translation)])
  const reports = targets.map((target, index): [string, TargetReport] => {
    const said = translateAll(target, loaded.service).diagnostics
    return [target.name, { ...(hasErrors(said) && { refused: codesOf(said) }), lost: others[index] ?? [] }]
  })
  return { file, leaves, lost, targets: Object.fromEntries(reports) }
}

async function open(path: string): Promise<Reading & { readonly source?: ReturnType<typeof readSource> }> {
  try {
    const source = readSource(path)
    return { source, ...(await read(source)) }
  } catch (error) {
    if (!isSlsError(error)) throw error
    return { diagnostics: error.diagnostics }
  }
}

function codesOf(diagnostics: readonly Diagnostic[]): Codes {
  const codes: Record<string, number> = {}
  for (const { code, severity, at, pointer } of diagnostics) {
    if (severity !== 'error') continue
    if (!at && pointer === undefined) throw new Error(`${code} without a place`)
    codes[code] = (codes[code] ?? 0) + 1
  }
  return codes
}

/** A line a file, then the totals. */
export function drawReports(reports: readonly FileReport[]): string {
  const width = Math.max(...reports.map(({ file }) => file.length))
  const lines = reports.map((report) => `${report.file.padEnd(width)}  ${drawReport(report)}`)
  const normalized = reports.filter(({ refused }) => !refused)
  const names = Object.keys(normalized[0]?.targets ?? {})
  const totals = names.map((name) => {
    const done = normalized.filter(({ targets }) => !targets[name]?.refused).length
    return `${name}: ${done} translated, ${normalized.length - done} refused, ${lostOf(normalized.map(({ targets }) => targets[name]))} lost`
  })
  return [
    ...lines,
    '',
    `${reports.length} files, ${reports.reduce((sum, { leaves }) => sum + leaves, 0)} leaves: ${normalized.length} normalized, ${reports.length - normalized.length} refused, ${lostOf(reports)} lost`,
    ...totals,
  ].join('\n')
}

function drawReport({ refused, lost, targets, leaves }: FileReport): string {
  if (refused) return `refused     ${drawCodes(refused)}`
  const parts = Object.entries(targets).map(([name, { refused }]) => `${name} ${refused ? drawCodes(refused) : 'ok'}`)
  return `normalized  ${leaves} leaves, ${lost.length} lost  ${parts.join('  ')}`
}

function drawCodes(codes: Codes): string {
  return Object.entries(codes)
    .map(([code, count]) => (count === 1 ? code : `${code}×${count}`))
    .join(' ')
}

function lostOf(reports: readonly ({ readonly lost: readonly Leaf[] } | undefined)[]): number {
  return reports.reduce((sum, report) => sum + (report?.lost.length ?? 0), 0)
}
