import { type Loaded, loadSource } from '../../src/config/load.ts'
import { joinPointer } from '../../src/config/pointer.ts'
import { parseText } from '../../src/config/read.ts'
import type { Source } from '../../src/config/source.ts'
import { spanOf } from '../../src/config/spans.ts'
import { type Diagnostic, hasErrors, isSlsError, type Service } from '../../src/kit/src/index.ts'
import { manifestOf } from '../../src/packager/code/manifest.ts'
import { type NamedTarget, translateAll } from '../translate/targets.ts'
import { changesOf, type Leaf, leavesOf, valueAt, without, withValue } from './leaves.ts'
import { meansNothing, READING } from './nothing.ts'

export interface Reading {
  /** Absent when the file is refused. */
  readonly loaded?: Loaded
  readonly diagnostics: readonly Diagnostic[]
}

// No folder, so no sources of classes and no .env.
const NOWHERE = '/nowhere'

/** Loads a file as a user would, without variables of the environment; anything but diagnostics passes through. */
export async function read(source: Source): Promise<Reading> {
  try {
    const loaded = await loadSource({ ...source, value: structuredClone(source.value) }, { dir: NOWHERE, env: {} })
    return { loaded, diagnostics: loaded.diagnostics }
  } catch (error) {
    if (!isSlsError(error)) throw error
    return { diagnostics: error.diagnostics }
  }
}

/** What can be lost at: the reading itself, or the translation to a target. */
export interface Stage {
  readonly name: string
  /** Everything that comes of a service there, as text. */
  readonly outcome: (service: Service) => string
  /** What is said of it there, with places in the file. */
  readonly say: (loaded: Loaded) => readonly Diagnostic[]
}

export const reading: Stage = {
  name: READING,
  outcome: (service) => JSON.stringify(service),
  say: ({ diagnostics }) => diagnostics,
}

/** Resources, spec files, and what the runtime is told. */
export function translation(target: NamedTarget): Stage {
  return {
    name: target.name,
    outcome: (service) => {
      const { resources, files } = translateAll(target, service)
      return JSON.stringify([resources, files, service.functions.map((fn) => manifestOf(service, fn, target.provider))])
    },
    say: (loaded) => [
      ...loaded.diagnostics,
      ...translateAll(target, loaded.service).diagnostics.map((diagnostic) => loaded.locate(diagnostic)),
    ],
  }
}

/**
 * The leaves of a file that have no effect at a stage: to change one, or to take it away, gives the same outcome, no
 * diagnostic stands at its place, and no rule says that it means nothing. The code is asked by its behaviour, not by its
 * tables. Stages that refuse the file lose nothing of it.
 */
export async function lostLeaves(
  source: Source,
  loaded: Loaded,
  stages: readonly Stage[],
): Promise<readonly (readonly Leaf[])[]> {
  const text = JSON.stringify(source.value)
  // Of what a stage refuses nothing is made, and nothing is lost; nor where nothing is deployed.
  const asked = stages.map((stage) => {
    const said = stage.say(loaded)
    return {
      stage,
      said,
      plain: hasErrors(said) || loaded.service.functions.length === 0 ? undefined : stage.outcome(loaded.service),
      lost: [] as Leaf[],
    }
  })
  for (const leaf of leavesOf(source.value)) {
    const open = asked.flatMap(({ stage, plain, said, lost }) =>
      plain === undefined ||
      isMarked(leaf, text, plain) ||
      isSaid(leaf, source, said) ||
      meansNothing(leaf, source.value, stage.name)
        ? []
        : [{ stage, plain, lost }],
    )
    if (open.length === 0) continue
    let left = await withoutEffect(
      source.value,
      leaf,
      open.map(({ stage, plain }) => [stage, plain]),
    )
    for (const context of left.size > 0 ? contextsOf(source.value, leaf) : []) {
      const other = parseText('serverless.json', JSON.stringify(context))
      const { loaded: shown } = await read(other)
      if (!shown) continue
      const silent = [...left].filter((stage) => {
        const said = stage.say(shown)
        return !hasErrors(said) && !isSaid(leaf, other, said)
      })
      left = await withoutEffect(
        context,
        leaf,
        silent.map((stage) => [stage, stage.outcome(shown.service)]),
      )
    }
    for (const { stage, lost } of open) if (left.has(stage)) lost.push(leaf)
  }
  return asked.map(({ lost }) => lost)
}

export function sourceOf(value: unknown): Source {
  return { file: 'serverless.json', text: '', value }
}

type Asked = readonly (readonly [stage: Stage, plain: string])[]

// A change that is refused tells nothing; when all are, the file cannot be read without this very value.
async function withoutEffect(tree: unknown, { path, value }: Leaf, asked: Asked): Promise<ReadonlySet<Stage>> {
  const left = new Map(asked)
  let wasRead = false
  for (const changed of [...changesOf(value).map((other) => withValue(tree, path, other)), without(tree, path)]) {
    const { loaded } = await read(sourceOf(changed))
    if (!loaded) continue
    wasRead = true
    for (const [stage, plain] of left) if (stage.outcome(loaded.service) !== plain) left.delete(stage)
    if (left.size === 0) break
  }
  return wasRead ? new Set(left.keys()) : new Set()
}

// Where a leaf is seen that is hidden here: a default on a function that leaves it open, a trigger when it is on.
function contextsOf(tree: unknown, { path }: Leaf): readonly unknown[] {
  const functions = valueAt(tree, ['functions']) as object | undefined
  const probe = { ...(tree as object), functions: { ...functions, probe: {}, probe2: { events: ['http'] } } }
  const options = path.slice(0, path.indexOf('events') + 3)
  const isOff = path.includes('events') && valueAt(tree, [...options, 'enabled']) === false
  return isOff
    ? [withValue(tree, [...options, 'enabled'], true)]
    : path[0] === 'provider' || path[0] === 'aggregation'
      ? [probe]
      : []
}

// A text that stands once in the file arrived as it is.
function isMarked({ value }: Leaf, file: string, outcome: string): boolean {
  if (typeof value !== 'string' || value.length < 8) return false
  const mark = JSON.stringify(value).slice(1, -1)
  return file.indexOf(mark) === file.lastIndexOf(mark) && outcome.includes(mark)
}

// An older form, a key without effect, a route that another trigger has: said of all that is in it.
const WHOLE = new Set<string>(['SLS1030', 'SLS1032', 'SLS1042', 'SLS1048'])

// Said of the leaf itself, of the map that it stands in, or of what is whole; what else is said of a
// whole trigger or function says nothing of its settings.
function isSaid({ path }: Leaf, source: Source, diagnostics: readonly Diagnostic[]): boolean {
  // The items of a list are one thing with it.
  const end = path.findLastIndex((key) => !/^\d+$/.test(key))
  return path.some((_, index) => {
    const isHolder = index === end - 1 && index > (path[0] === 'provider' ? 0 : 1) && path[index - 2] !== 'events'
    const spans = (['key', 'value'] as const).map((on) => spanOf(source, joinPointer(path.slice(0, index + 1)), on))
    return diagnostics.some(
      ({ at, code }) =>
        at &&
        (index >= end || isHolder || WHOLE.has(code)) &&
        spans.some((span) => span.start === at.start && span.end === at.end),
    )
  })
}
