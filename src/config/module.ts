import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Diagnostic, error, importModule, SlsError } from '@anyfaas/kit'
import type { Plugin } from 'esbuild'
import type { Source } from './source.ts'

/** Loads a service file that is a program: its default export, or what that function returns. Throws SLS1014. */
export async function readModule(file: string): Promise<Source> {
  const text = await readFile(file, 'utf8')
  const exported = await importBundled(file)
  const given: unknown = typeof exported === 'function' ? await callFactory(file, exported as () => unknown) : exported
  if (typeof given !== 'object' || given === null)
    throw failure(file, 'its default export has to be the service, or a function that returns it')
  return { file, text, value: plain(file, given) }
}

// The bundle stands in the service folder, so that packages are found as for the file itself.
async function importBundled(file: string): Promise<unknown> {
  const { build } = await import('esbuild')
  const cache = join(dirname(file), '.sls')
  await mkdir(cache, { recursive: true })
  const folder = await mkdtemp(join(cache, 'config-'))
  const outfile = join(folder, 'service.mjs')
  try {
    const result = await build({
      entryPoints: [file],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      packages: 'external',
      plugins: [ownPackage],
      logLevel: 'silent',
      sourcemap: 'inline',
    }).catch((cause: unknown) => cause as { errors?: readonly BuildError[] })
    if (result.errors && result.errors.length > 0)
      throw new SlsError(result.errors.map((problem) => explain(file, problem)))
    const module = (await importModule(pathToFileURL(outfile).href)) as { default?: unknown }
    return module.default
  } catch (cause) {
    if (cause instanceof SlsError) throw cause
    throw failure(file, (cause as Error).message, cause)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

interface BuildError {
  readonly text: string
  readonly location: { readonly file: string; readonly line: number; readonly column: number } | null
}

// `defineService` only types its argument, so a file may use it where the package is not installed.
const ownPackage: Plugin = {
  name: 'own-package',
  setup(build) {
    build.onResolve({ filter: /^anyfaas$/ }, () => ({ path: 'anyfaas', namespace: 'own' }))
    build.onLoad({ filter: /.*/, namespace: 'own' }, () => ({
      contents: 'export const defineService = (service) => service',
      loader: 'js',
    }))
  },
}

async function callFactory(file: string, factory: () => unknown): Promise<unknown> {
  try {
    return await factory()
  } catch (cause) {
    throw failure(file, (cause as Error).message, cause)
  }
}

// Only data may come out: what JSON can say, without circles.
function plain(file: string, value: object): unknown {
  const odd = new Set<string>()
  try {
    const text = JSON.stringify(value, (key, item: unknown) => {
      if (typeof item === 'function' || typeof item === 'symbol' || typeof item === 'bigint') odd.add(key)
      return typeof item === 'bigint' ? undefined : item
    })
    if (odd.size > 0) throw failure(file, `"${[...odd].join('", "')}" is not data`)
    return JSON.parse(text) as unknown
  } catch (cause) {
    if (cause instanceof SlsError) throw cause
    throw failure(file, (cause as Error).message, cause)
  }
}

function explain(file: string, problem: BuildError): Diagnostic {
  const where = problem.location
    ? ` (${basename(problem.location.file)}:${problem.location.line}:${problem.location.column + 1})`
    : ''
  return error('SLS1014', `${problem.text}${where}`, { at: { file, start: 0, end: 0 } })
}

function failure(file: string, reason: string, cause?: unknown): SlsError {
  return new SlsError(error('SLS1014', `"${basename(file)}" failed: ${reason}`, { at: { file, start: 0, end: 0 } }), {
    cause,
  })
}
