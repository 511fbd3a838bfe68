import { existsSync, realpathSync, statSync } from 'node:fs'
import { join, posix, relative, sep } from 'node:path'
import { type AppCode, type Diagnostic, error, type Fn } from '@anyfaas/kit'
import type { HostedApp, SiteOptions } from '@anyfaas/runtime'
import { readManifest } from '../files/json-file.ts'
import { isInside } from '../files/tree.ts'
import type { HandlerFile } from './handler-file.ts'
import { EXTENSIONS } from './source-kind.ts'

export interface AppFn extends Fn {
  readonly code: AppCode
}

export function isApp(fn: Fn): fn is AppFn {
  return fn.code.kind === 'app'
}

export interface AppSource {
  readonly hosted: HostedApp
  /** The module that makes the application; absent for a static site, and where the framework finds it by the folder. */
  readonly file?: HandlerFile
}

/** What a whole web application starts from: what `entry` names, else the usual places. Otherwise SLS4001 with all that was tried. */
export function findApp(fn: AppFn, serviceDir: string): AppSource | Diagnostic {
  const { framework, options } = fn.code
  const startSec = fn.initTimeoutSec ?? Math.max(fn.timeoutSec, LEAST_START_SEC)
  if (framework !== 'static' && framework !== 'egg') {
    const file = findModule(fn, serviceDir)
    return 'code' in file ? file : { hosted: { framework, startSec }, file }
  }
  const folder = findFolder(fn, serviceDir)
  if (typeof folder !== 'string') return folder
  const site = framework === 'static' ? { site: options as SiteOptions } : {}
  return { hosted: { framework, folder, startSec, ...site } }
}

const LEAST_START_SEC = 10

// What a compiler has made comes first where the compiler does more than a bundler can.
const COMPILED = ['dist/main', 'dist/src/main']
const NAMES = ['app', 'server', 'index', 'main']
const FOLDERS = ['', 'src', 'dist', 'lib']
const SITES = ['public', 'build', 'dist', 'out', '_site', 'www']

function findModule(fn: AppFn, serviceDir: string): HandlerFile | Diagnostic {
  const { entry, framework } = fn.code
  const usual = FOLDERS.flatMap((folder) => NAMES.map((name) => posix.join(folder, name)))
  const compiled = framework === 'nest' ? COMPILED : []
  const tried = entry !== undefined ? [entry] : [...compiled, ...declared(serviceDir), ...usual]
  for (const name of tried) {
    const path = ['', ...EXTENSIONS].map((extension) => join(serviceDir, name + extension)).find(isFile)
    if (path !== undefined) return located(path, serviceDir, fn)
  }
  const at = place(fn)
  if (entry !== undefined) return error('SLS4001', `no file for the entry "${entry}" of the application`, at)
  const notes = [{ message: `tried ${tried.join(', ')}, each with ${EXTENSIONS.join(' ')}` }]
  const help = [`deployType: {type: ${framework}, entry: path/to/the/module}`]
  return error('SLS4001', `no module of the ${framework} application was found`, { ...at, notes, help })
}

// How the application says itself that it is started.
function declared(serviceDir: string): string[] {
  const { main, scripts } = readManifest(serviceDir)
  const start = (scripts as { readonly start?: unknown } | undefined)?.start
  const started = typeof start === 'string' ? STARTED.exec(start)?.[1] : undefined
  return [typeof main === 'string' ? main : undefined, started].flatMap((name) => (name ? [posix.normalize(name)] : []))
}

const STARTED = /\b(?:node|tsx|ts-node)\s+(?:-\S+\s+)*(?:watch\s+)?([\w@./-]+)/

function located(path: string, serviceDir: string, fn: AppFn): HandlerFile | Diagnostic {
  const real = realpathSync(path)
  if (!isInside(serviceDir, real))
    return error('SLS4001', `the application's module leads out of the service folder, to "${real}"`, place(fn))
  return { path: real, name: relative(serviceDir, path).split(sep).join('/'), export: 'handler' }
}

function findFolder(fn: AppFn, serviceDir: string): string | Diagnostic {
  const { entry, framework } = fn.code
  const isSite = framework === 'static'
  const tried = entry !== undefined ? [entry] : isSite ? SITES : ['.']
  const found = tried.map((name) => posix.normalize(`${name}/.`)).find((name) => isFolder(join(serviceDir, name)))
  const at = place(fn)
  if (found === undefined) {
    const what = isSite ? 'the static site' : `the ${framework} application`
    const help = [`deployType: {type: ${framework}, entry: path/to/the/folder}`]
    return error('SLS4001', `no folder of ${what}: tried ${tried.join(', ')}`, { ...at, help })
  }
  const real = realpathSync(join(serviceDir, found))
  if (!isInside(serviceDir, real))
    return error('SLS4001', `"${found}" leads out of the service folder, to "${real}"`, at)
  if (isSite && real === serviceDir) {
    const help = ['put the pages into a folder of their own, such as "public", and name it']
    return error('SLS4001', 'a static site cannot be the service folder itself: it holds more than pages', {
      ...at,
      help,
    })
  }
  return found
}

function place({ at, code }: AppFn): { readonly pointer: string } {
  return { pointer: code.entry === undefined ? at : `${at}/entry` }
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile()
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory()
}
