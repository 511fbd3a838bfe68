import { type Diagnostic, type Level, type Pointer, statementsOf, worstLevel } from '@anyfaas/kit'
import { createPlaces, type FilePlace } from './file-place.ts'
import { type Part, partsOf } from './matrix-parts.ts'
import type { Platform, Project } from './project.ts'

/** The portability of a service: what becomes of each part of it on each platform. */
export interface Matrix {
  readonly service: string
  readonly stage: string
  readonly platforms: readonly MatrixPlatform[]
  /** The functions in the order of the file; what belongs to none of them is the part of kind `service`, the last. */
  readonly parts: readonly MatrixPart[]
}

export interface MatrixPlatform {
  /** `aws`, `aliyun-2.0`, … */
  readonly platform: string
  readonly title: string
  /** The worst of its cells. */
  readonly level: Level
}

export interface MatrixPart {
  readonly kind: 'service' | 'function' | 'trigger' | 'feature'
  readonly name: string
  /** What it is called in sentences: `http path`, `function "login"`. */
  readonly subject: string
  readonly pointer: Pointer
  readonly place?: FilePlace
  /** Platform -> the worst that is said of it and of its parts. */
  readonly levels: Readonly<Record<string, Level>>
  readonly remarks: readonly MatrixRemark[]
  /** Triggers, and features that are not plainly native everywhere. */
  readonly parts: readonly MatrixPart[]
}

/** One reason, and the platforms that give it. */
export interface MatrixRemark {
  readonly level: Level
  readonly platforms: readonly string[]
  readonly reason: string
  readonly instead: readonly string[]
  readonly code?: string
}

/** What a platform's translation said of the service. */
export interface Verdict {
  readonly platform: Platform
  readonly diagnostics: readonly Diagnostic[]
}

/** Holds what the platforms say against the parts of the service. */
export function makeMatrix(project: Project, verdicts: readonly Verdict[]): Matrix {
  const { service } = project
  const { roots, ownerOf } = partsOf(service)
  for (const { platform, diagnostics } of verdicts) {
    for (const statement of statementsOf(platform.service, platform.target, diagnostics))
      ownerOf(statement.pointer).said.push({ platform: platform.label, statement })
  }
  const labels = verdicts.map(({ platform }) => platform.label)
  const finish = createFinish(project, labels)
  const parts = roots
    .map(finish)
    .filter((part) => part.kind !== 'service' || part.parts.length + part.remarks.length > 0)
  return {
    service: service.name,
    stage: service.stage,
    platforms: verdicts.map(({ platform: { label, target } }) => ({
      platform: label,
      title: target.title,
      level: worstLevel(parts.map((part) => part.levels[label] as Level)),
    })),
    parts,
  }
}

function createFinish(project: Project, labels: readonly string[]): (part: Part) => MatrixPart {
  const places = createPlaces(project)
  const finish = (part: Part): MatrixPart => {
    const parts = [...part.parts.values()].map(finish).sort(byPlace)
    const on = part.said.find(({ statement }) => statement.level !== 'emulated')?.statement.on ?? 'key'
    const place = part.kind === 'service' ? undefined : places(part.pointer, on)
    const levels = labels.map((label) => {
      const own = part.said.flatMap(({ platform, statement }) => (platform === label ? [statement.level] : []))
      return [label, worstLevel([...own, ...parts.map(({ levels }) => levels[label] as Level)])] as const
    })
    return {
      kind: part.kind,
      name: part.name,
      subject: part.subject,
      pointer: part.pointer,
      ...(place && { place }),
      levels: Object.fromEntries(levels),
      remarks: remarksOf(part),
      parts,
    }
  }
  return finish
}

function remarksOf({ said }: Part): MatrixRemark[] {
  const remarks = new Map<string, MatrixRemark & { platforms: string[] }>()
  for (const { platform, statement } of said) {
    const { level, reason, instead, code } = statement
    const key = JSON.stringify([level, reason, instead])
    const known = remarks.get(key)
    if (!known) remarks.set(key, { level, platforms: [platform], reason, instead, ...(code && { code }) })
    else if (!known.platforms.includes(platform)) known.platforms.push(platform)
  }
  return [...remarks.values()]
}

function byPlace({ place: a }: MatrixPart, { place: b }: MatrixPart): number {
  if (!a || !b || a.file !== b.file) return 0
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)
}
