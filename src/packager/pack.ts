import { existsSync, realpathSync } from 'node:fs'
import { basename, extname } from 'node:path'
import {
  type Artifact,
  type Diagnostic,
  entryHandler,
  error,
  hasErrors,
  isSlsError,
  type PhaseProgress,
  type Service,
  SlsError,
} from '@anyfaas/kit'
import { hasRows } from './cache/rows.ts'
import { type Contents, type ContentsQuery, contentsOf } from './contents.ts'
import { findSecrets } from './files/secrets.ts'
import { createTrees, type Trees } from './files/trees.ts'
import { type Group, groupFunctions } from './groups.ts'
import type { PlatformCode } from './machine/platform-code.ts'
import type { Contribution } from './report.ts'
import type { Ahead, AheadOptions } from './work/ahead.ts'
import { type CodeMarks, markOf, marksOfZip } from './zip/code-marks.ts'
import { existingZip, placeZip } from './zip/existing.ts'
import type { Zipped } from './zip/zip.ts'
import { makeZips } from './zips.ts'

export interface PackRequest {
  readonly service: Service
  readonly serviceDir: string
  /** The canonical name of the provider, for the manifest. */
  readonly providerName: string
  /** The platform's runtime bundle. */
  readonly runtimeEntry: URL
  /** The oldest Node.js that the code has to run on, as esbuild names it: `node20`. */
  readonly nodeTarget: string
  /** Where artifacts are written. */
  readonly outDir: string
  /** A folder that everything of the command is written into, so that nothing of it is packaged. */
  readonly written?: string
  /** Only the artifacts that these functions travel in; they are whole, so that their bytes do not depend on it. */
  readonly only?: readonly string[]
  /** What its code runs on; Linux on x64 when missing. */
  readonly platform?: PlatformCode
  /** Where compressed contents are kept for the next run; nothing is kept without it. */
  readonly cacheDir?: string
  /** What other calls of the same command have read already. */
  readonly trees?: Trees
  /** Threads to compress with; by default as many as there are cores, up to 4. */
  readonly workers?: number
  readonly signal?: AbortSignal
  /** Hears, again and again, how much is compressed. Of what takes no time it hears nothing. */
  onProgress?(progress: PhaseProgress): void
}

export interface Packed {
  readonly artifacts: readonly Artifact[]
  /** What is in each artifact; nothing for one that is used as it is. */
  readonly packages: readonly PackedArtifact[]
  /** Warnings; errors are thrown. */
  readonly diagnostics: readonly Diagnostic[]
}

export interface PackedArtifact {
  readonly artifact: Artifact
  readonly contributions: readonly Contribution[]
}

/**
 * Makes the artifacts of a service for one platform: one zip, or one a function with `individually`. The same input
 * gives the same bytes. Throws everything that is wrong with all artifacts at once, and then writes none of them.
 */
export async function pack(request: PackRequest): Promise<Packed> {
  const { cacheDir, workers, signal } = request
  const given = { ...(workers && { workers }), ...(signal && { signal }) }
  const ahead = cacheDir === undefined || hasRows(cacheDir) ? undefined : await beginAhead({ ...given, cacheDir })
  try {
    return await packWith({ ...request, ...(ahead && { ahead }) })
  } finally {
    await ahead?.end()
  }
}

interface AheadRequest extends PackRequest {
  readonly ahead?: Ahead
}

async function beginAhead(options: AheadOptions): Promise<Ahead> {
  const { Ahead } = await import('./work/ahead.ts')
  return new Ahead(options)
}

async function packWith(request: AheadRequest): Promise<Packed> {
  const serviceDir = realpathSync(request.serviceDir)
  const groups = groupFunctions({ ...request, serviceDir })
  const trees = request.trees ?? createTrees()
  const query = {
    ...request,
    serviceDir,
    trees,
    outputs: [request.outDir, request.written ?? request.outDir, ...groups.map(({ path }) => path)].map(realPath),
  }
  const { only } = request
  const wanted = groups.filter(({ functions }) => !only || functions.some(({ name }) => only.includes(name)))
  const prepared = await Promise.all(wanted.map((group) => prepare(group, query)))
  const diagnostics = unique(prepared.flatMap((each) => each.diagnostics))
  if (hasErrors(diagnostics)) throw new SlsError(diagnostics)
  const { signal, workers, cacheDir, onProgress, ahead } = request
  const wishes = prepared.filter(({ ready }) => !ready).map(({ group, entries }) => ({ path: group.path, entries }))
  const settings = {
    ...(cacheDir !== undefined && { cacheDir }),
    beganMs: trees.beganMs,
    ...(signal && { signal }),
    ...(workers && { workers }),
    ...(onProgress && { onProgress }),
    ...(ahead && { ahead }),
  }
  const zips = await makeZips(wishes, settings)
  const made = new Map(wishes.map(({ path }, at) => [path, zips[at]]))
  const packages: PackedArtifact[] = []
  for (const { group, ready } of prepared) {
    if (ready && group.given !== undefined) await placeZip(group.given, group.path)
    const zip = ready ? { ...ready, marks: marksOfZip(ready), contributions: [] } : made.get(group.path)
    if (!zip) throw new Error(`"${group.path}" was not made`)
    packages.push({ artifact: artifactOf(group, zip), contributions: zip.contributions })
  }
  const secrets = prepared.flatMap(({ group, entries }) => {
    const suspects = new Set(made.get(group.path)?.suspects)
    return findSecrets(
      entries.map(({ name }) => name),
      (name) => suspects.has(name),
    )
  })
  return {
    artifacts: packages.map(({ artifact }) => artifact),
    packages,
    diagnostics: unique([...diagnostics, ...secrets]),
  }
}

interface Prepared extends Contents {
  readonly group: Group
  /** A zip that is used as it is. */
  readonly ready?: Zipped
}

async function prepare(group: Group, query: ContentsQuery): Promise<Prepared> {
  try {
    const ready = group.given === undefined ? undefined : await existingZip(group.given)
    if (ready) return { group, ready, entries: [], diagnostics: [] }
    const contents = await contentsOf(group, query)
    return { group, ...contents, diagnostics: [...contents.diagnostics, ...checkEmpty(group, contents)] }
  } catch (failure) {
    if (!isSlsError(failure)) throw failure
    return { group, entries: [], diagnostics: failure.diagnostics }
  }
}

function checkEmpty({ path, functions }: Group, { entries, diagnostics }: Contents): Diagnostic[] {
  if (entries.length > 0 || hasErrors(diagnostics)) return []
  const help = ['see which files "patterns" under "package" leave']
  return [error('SLS4006', `nothing goes into "${basename(path)}"`, { pointer: functions[0]?.at ?? '/package', help })]
}

// Artifacts share files, and so what is wrong with them.
function unique(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...new Map(diagnostics.map((diagnostic) => [JSON.stringify(diagnostic), diagnostic])).values()]
}

function artifactOf({ path, functions }: Group, zip: Zipped & { readonly marks: CodeMarks }): Artifact {
  const { digest, bytes } = zip
  const handlers = Object.fromEntries(functions.map((fn) => [fn.name, entryHandler(fn)]))
  const marks = Object.fromEntries(functions.map(({ name }) => [name, markOf(zip.marks, name)]))
  return { id: basename(path, extname(path)), kind: 'zip', path, digest, bytes, handlers, marks }
}

// What is not there yet needs no other name: it cannot be met.
function realPath(path: string): string {
  return existsSync(path) ? realpathSync(path) : path
}
