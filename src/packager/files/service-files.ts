import { relative, sep } from 'node:path'
import { type Diagnostic, error } from '@anyfaas/kit'
import { readHead } from './file-source.ts'
import { isServiceFile, mayHoldKey } from './never.ts'
import type { Patterns } from './patterns.ts'
import type { Tree, TreeFault, TreeFile } from './tree.ts'
import type { Trees } from './trees.ts'

export interface Selection {
  readonly files: readonly TreeFile[]
  readonly diagnostics: readonly Diagnostic[]
}

export interface ServiceFilesQuery {
  /** Real path. */
  readonly serviceDir: string
  /** Absolute paths of files and folders that are written by packaging. */
  readonly outputs: readonly string[]
  readonly patterns: Patterns
  readonly trees: Trees
  /** Files are in unless a pattern takes them out; otherwise they are out unless a pattern puts them in. */
  readonly byDefault: boolean
  /** True for what is of no use on the platform: environments of an interpreter, sources of what is compiled. */
  readonly leavesOut?: { readonly key: string; test(name: string): boolean }
}

/** The files of the service folder that the patterns choose. Packages are there only when a pattern names `node_modules`. */
export function selectServiceFiles(query: ServiceFilesQuery): Selection {
  const { serviceDir, outputs, patterns, trees, byDefault, leavesOut } = query
  if (!byDefault && !patterns.adds) return { files: [], diagnostics: [] }
  const written = new Set(outputs.map((path) => relative(serviceDir, path).split(sep).join('/')))
  const skip = (name: string) =>
    written.has(name) || (isPackages(name) && !patterns.addsPackages) || leavesOut?.test(name) === true
  const skips = [String(patterns.addsPackages), leavesOut?.key ?? '', ...written].join('\0')
  const tree = trees.read(serviceDir, { within: serviceDir, skip }, skips)
  const isIn = (name: string) =>
    patterns.decide(name, byDefault && !isServiceFile(name) && !name.includes('node_modules/'))
  return choose(tree, isIn)
}

/** The part of a tree that is in, with what cannot be packaged in it. */
export function choose({ files, faults }: Tree, isIn: (name: string) => boolean): Selection {
  const chosen = files.filter((file) => isIn(file.name) && !holdsKey(file))
  return { files: chosen, diagnostics: faults.filter(({ name }) => isIn(name)).map(told) }
}

/** True for the name of a folder that packages are installed in. */
export function isPackages(name: string): boolean {
  return name === 'node_modules' || name.endsWith('/node_modules')
}

function holdsKey(file: TreeFile): boolean {
  return mayHoldKey(file.name) && readHead(file, file.name, 1 << 20).includes('PRIVATE KEY-----')
}

export function told({ name, code, reason }: TreeFault): Diagnostic {
  const help =
    code === 'SLS4003'
      ? ['copy what it leads to into the service folder', `or leave it out: "!${name}" under "package", "patterns"`]
      : [`leave it out: "!${name}" under "package", "patterns"`]
  return error(code, `"${name}" ${reason}`, { help })
}
