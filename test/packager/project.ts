import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach } from 'vitest'
import { type Diagnostic, type Fn, isSlsError, type PackageOptions, type Service } from '../../src/kit/src/index.ts'
import { type Packed, type PackRequest, pack } from '../../src/packager/pack.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'
import { makeFn, makeService } from '../fixtures/service.ts'
import { readZip } from './unzip.ts'

/** A file's text or bytes; a link; an executable. */
export type Given = string | Uint8Array | { readonly link: string } | { readonly executable: string }

export interface Project {
  /** Real path of the service folder; it is in a folder of its own. */
  readonly dir: string
  readonly outDir: string
  readonly cacheDir: string
  readonly runtimeEntry: URL
  write(files: Readonly<Record<string, Given>>): void
  remove(): void
}

/** Makes projects that are removed after the test that made them. */
export function useProjects(): (files: Readonly<Record<string, Given>>) => Project {
  const open: Project[] = []
  afterEach(() => {
    for (const project of open.splice(0)) project.remove()
  })
  return (files) => {
    const project = makeProject(files)
    open.push(project)
    return project
  }
}

function makeProject(files: Readonly<Record<string, Given>>): Project {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'sls-pack-')))
  const dir = join(home, 'service')
  mkdirSync(dir)
  const runtime = join(home, 'runtime.cjs')
  writeFileSync(runtime, RUNTIME)
  const write = (given: Readonly<Record<string, Given>>) => {
    for (const [name, content] of Object.entries(given)) writeOne(join(dir, name), content)
  }
  write(files)
  const remove = () => removeFolder(home)
  return {
    dir,
    outDir: join(home, 'out'),
    cacheDir: join(home, 'cache'),
    runtimeEntry: pathToFileURL(runtime),
    write,
    remove,
  }
}

// Calls members by name and hands them the event; enough to see that a module was found, loaded and initialized.
const RUNTIME = `
exports.start = (manifest, loaders) => ({
  manifest,
  handler: async (event) => {
    const member = manifest.members.find(({ name }) => name === event.member) ?? manifest.members[0]
    const reach = (module, path) => {
      const walk = (root) => path.split('.').reduce((value, key) => value?.[key], root)
      return walk(module) ?? walk(module.default) ?? walk(module.default?.default)
    }
    const loader = loaders[member.name]
    if (member.initializer) await reach(await (loader.initializer ?? loader.handler)(), member.initializer)()
    return reach(await loader.handler(), member.handler)(event)
  },
})
`

function writeOne(path: string, content: Given): void {
  mkdirSync(dirname(path), { recursive: true })
  if (typeof content === 'string' || content instanceof Uint8Array) writeFileSync(path, content)
  else if ('link' in content) symlinkSync(content.link, path)
  else {
    writeFileSync(path, content.executable)
    chmodSync(path, 0o755)
  }
}

export function fnOf(
  name: string,
  {
    handler = `${name}.handler`,
    initializer,
    ...own
  }: Partial<Fn> & { readonly handler?: string; readonly initializer?: string } = {},
): Fn {
  const code = { kind: 'handler' as const, handler, signature: 'context' as const }
  return makeFn(name, {
    runtime: 'nodejs20',
    code: { ...code, ...(initializer !== undefined && { initializer }) },
    ...own,
  })
}

export function customOf(
  name: string,
  {
    source,
    command = ['./bootstrap'],
    ...own
  }: Partial<Fn> & { readonly source?: string; readonly command?: readonly string[] } = {},
): Fn {
  const code = { kind: 'custom' as const, command, args: [], port: 9000, ...(source !== undefined && { source }) }
  return fnOf(name, { runtime: 'custom', code, ...own })
}

export function serviceOf(functions: readonly Fn[], packageOptions: Partial<PackageOptions> = {}): Service {
  const service = makeService({ name: 'shop', functions })
  return { ...service, package: { ...service.package, ...packageOptions } }
}

export function packProject(project: Project, service: Service, more: Partial<PackRequest> = {}): Promise<Packed> {
  const { dir, outDir, cacheDir, runtimeEntry } = project
  const request = { service, serviceDir: dir, outDir, cacheDir, runtimeEntry, providerName: 'test' }
  return pack({ ...request, nodeTarget: 'node18', ...more })
}

/** The smallest service in JavaScript. */
export const HANDLER = { 'login.js': 'exports.handler = async () => 1' }
export const LOGIN = serviceOf([fnOf('login')])

/** What `LOGIN` with these options packs, without what is generated. */
export async function namesIn(project: Project, options: Partial<PackageOptions> = {}): Promise<string[]> {
  const { artifacts } = await packProject(project, { ...LOGIN, package: { ...LOGIN.package, ...options } })
  return [...(await readZip(artifacts[0]?.path ?? '')).keys()].filter((name) => !name.startsWith('sls_'))
}

/** The diagnostics that a promise rejects with. */
export async function mistakesOf(work: Promise<unknown>): Promise<readonly Diagnostic[]> {
  const failure = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  )
  if (!isSlsError(failure)) throw new Error('it did not fail with diagnostics', { cause: failure })
  return failure.diagnostics
}

export function read(path: string): string {
  return readFileSync(path, 'utf8')
}
