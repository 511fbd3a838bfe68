import { existsSync, realpathSync, statSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import { type CustomCode, type Diagnostic, error, type Fn, warning } from '@anyfaas/kit'
import { type FileSource, readHead } from '../files/file-source.ts'
import { isInside } from '../files/tree.ts'
import { EXTENSIONS } from './source-kind.ts'

export interface CustomFn extends Fn {
  readonly code: CustomCode
}

export function isCustom(fn: Fn): fn is CustomFn {
  return fn.code.kind === 'custom'
}

export interface CustomSource {
  /** Real path of the server's main module. */
  readonly path: string
  /** Where its bundle goes, without an extension: the root, whatever folder the source lies in. */
  readonly out: string
}

/** The main module of a server: `code.source` with or without its extension. A handler that names no file is no mistake here. */
export function findSource({ code, at, name }: CustomFn, serviceDir: string): CustomSource | Diagnostic | undefined {
  const { source } = code
  if (source === undefined) return undefined
  const path = ['', ...EXTENSIONS].map((extension) => join(serviceDir, source + extension)).find(isFile)
  // A folder is a package of another language.
  if (path === undefined && existsSync(join(serviceDir, source))) return undefined
  if (path === undefined) {
    const message = `no file for "${source}"; the custom runtime of "${name}" is started by "${code.command.join(' ')}" alone`
    return warning('SLS4001', message, { pointer: `${at}/handler` })
  }
  const real = realpathSync(path)
  if (!isInside(serviceDir, real)) {
    return error('SLS4001', `"${source}" leads out of the service folder, to "${real}"`, { pointer: `${at}/handler` })
  }
  return { path: real, out: basename(path, extname(path)) }
}

/** The name of the file that the platform starts, when it is one of the artifact. */
export function startFile({ code }: CustomFn): string | undefined {
  const [command = ''] = code.command
  return command === 'bootstrap' || command.startsWith('./') ? command.replace(/^(?:\.\/+)+/, '') : undefined
}

/** Why the platform could not run this file, or undefined. */
export function checkStart(file: FileSource & { readonly name: string }, fn: CustomFn): Diagnostic | undefined {
  const bytes = readHead(file, file.name, 1 << 10)
  const line = bytes.subarray(0, bytes.indexOf('\n') + 1).toString('latin1')
  if (!line.startsWith('#!') || !line.endsWith('\r\n')) return undefined
  return error('SLS4004', `the first line of "${file.name}", which starts "${fn.name}", ends with CRLF`, {
    at: { file: file.path, start: 0, end: line.length - 2 },
    label: 'Linux looks for an interpreter whose name ends with the CR',
    help: [`sed -i 's/\\r$//' ${file.name}`, `and in .gitattributes: ${file.name} text eol=lf`],
  })
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile()
}
