import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, extname, join, relative, sep } from 'node:path'
import { type Diagnostic, error, type Pointer, suggest } from '@anyfaas/kit'
import { isInside } from '../files/tree.ts'
import { EXTENSIONS, isTypescript } from './source-kind.ts'

/** A handler's words taken apart by what is on the disk. */
export interface HandlerFile {
  /** Absolute and real. */
  readonly path: string
  /** Relative to the service folder, with `/`. */
  readonly name: string
  /** The export; dots reach into objects. */
  readonly export: string
}

export interface HandlerQuery {
  /** As in the service file: `file.export`, `dir/file.export`, `file.object.export`. */
  readonly handler: string
  readonly serviceDir: string
  /** False where nothing compiles TypeScript. */
  readonly typescript: boolean
  /** Where the words stand in the service file. */
  readonly at: Pointer
}

// Sources before what a compiler made of them.
const FOLDERS = ['', 'src', 'dist']

/**
 * Finds the file of a handler in the service folder, then in `src`, then in `dist`. The shortest file name wins: of
 * `api.detail.handler`, `api` is tried before `api.detail`. Otherwise SLS4001 with every path that was tried.
 */
export function findHandler(query: HandlerQuery): HandlerFile | Diagnostic {
  const serviceDir = realpathSync(query.serviceDir)
  const tried: string[] = []
  for (const { file, exported } of readings(query.handler)) {
    for (const folder of FOLDERS) {
      const names = extensions(query).map((extension) => join(folder, file + extension))
      const name = names.find((candidate) => isFile(join(serviceDir, candidate)))
      if (name !== undefined) return located(serviceDir, { name, exported }, query)
      tried.push(join(folder, file))
    }
  }
  return notFound(query, serviceDir, tried)
}

interface Reading {
  readonly file: string
  readonly exported: string
}

function readings(handler: string): Reading[] {
  const slash = handler.lastIndexOf('/') + 1
  const words = handler.slice(slash).split('.')
  if (words.includes('') || handler.includes('\0')) return []
  return words.slice(1).map((_, index) => ({
    file: handler.slice(0, slash) + words.slice(0, index + 1).join('.'),
    exported: words.slice(index + 1).join('.'),
  }))
}

function extensions({ typescript }: HandlerQuery): readonly string[] {
  return typescript ? EXTENSIONS : EXTENSIONS.filter((extension) => !isTypescript(`x${extension}`))
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile()
}

function located(
  serviceDir: string,
  found: { name: string; exported: string },
  { at, handler }: HandlerQuery,
): HandlerFile | Diagnostic {
  const path = realpathSync(join(serviceDir, found.name))
  if (isInside(serviceDir, path)) return { path, name: toName(found.name), export: found.exported }
  return error('SLS4001', `the handler "${handler}" leads out of the service folder, to "${path}"`, { pointer: at })
}

function notFound({ handler, at, typescript }: HandlerQuery, serviceDir: string, tried: readonly string[]): Diagnostic {
  if (tried.length === 0) {
    const help = ['write "file.export", such as "index.handler"']
    return error('SLS4001', `the handler "${handler}" names no file and export`, { pointer: at, help })
  }
  const endings = extensions({ typescript } as HandlerQuery).join(' ')
  const notes = [{ message: `tried ${tried.map(toName).join(', ')}, each with ${endings}` }]
  const help = helpFor({ handler, serviceDir, typescript, at })
  return error('SLS4001', `no file for the handler "${handler}"`, { pointer: at, notes, ...(help && { help: [help] }) })
}

function helpFor(query: HandlerQuery): string | undefined {
  const { handler, serviceDir, typescript } = query
  if (!typescript) {
    const found = findHandler({ ...query, typescript: true })
    if ('path' in found)
      return `"${found.name}" is TypeScript and "bundle" is false: compile it first, or let it be bundled`
  }
  const exported = handler.slice(handler.indexOf('.', handler.lastIndexOf('/')) + 1)
  const meant = suggest(
    handler,
    candidates(serviceDir, dirname(handler)).map((file) => `${file}.${exported}`),
  )
  return meant && `did you mean "${meant}"?`
}

// Files beside the ones that were tried, without their extensions, as a handler would name them.
function candidates(serviceDir: string, folder: string): string[] {
  const places = FOLDERS.flatMap((base) => [...new Set(['.', folder])].map((at) => ({ base, at })))
  const names = places.flatMap(({ base, at }) =>
    namesIn(join(serviceDir, base, at))
      .filter((name) => (EXTENSIONS as readonly string[]).includes(extname(name)))
      .map((name) => toName(join(at, basename(name, extname(name))))),
  )
  return [...new Set(names)]
}

function namesIn(path: string): string[] {
  return existsSync(path) && statSync(path).isDirectory() ? readdirSync(path) : []
}

function toName(path: string): string {
  return relative('.', path).split(sep).join('/')
}
