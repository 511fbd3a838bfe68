import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { isAbsolute, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  error,
  importModule,
  type Pointer,
  type Provider,
  requireBundle,
  SlsError,
  type Target,
  targetOf,
} from '@anyfaas/kit'
import { FIRST_PARTY } from './first-party.gen.ts'

export interface ProviderSearch {
  /** Absolute path of the service folder: packages are looked for from there first. */
  readonly dir: string
  /** The file's `plugins:` list: package names, or paths that begin with `.` or `/`. */
  readonly plugins: readonly string[]
  /** Providers that come with the caller, such as the local platform. */
  readonly embedded: readonly Provider[]
  /** Where the name stands in the file, for messages. */
  readonly pointer?: Pointer
}

/** The provider of a name or alias: an embedded one, one of ours, `@anyfaas/NAME`, or one that `plugins:` brings. */
export async function loadProvider(name: string, search: ProviderSearch): Promise<Provider> {
  const embedded = search.embedded.find((provider) => answersTo(provider, name))
  if (embedded) return embedded
  const known = FIRST_PARTY.find((one) => answersTo(one, name))
  if (known) return await importProvider(known.package, search)
  const brought = (await loadPlugins(search)).find((provider) => answersTo(provider, name))
  if (brought) return brought
  const byName = `@anyfaas/${name}`
  if (/^[a-z][a-z0-9-]*$/.test(name) && locate(byName, search.dir) !== undefined)
    return await importProvider(byName, search)
  throw new SlsError(unknown(name, search))
}

/** The names of all providers that can be loaded, the embedded ones last. */
export async function providerNames(search: ProviderSearch): Promise<readonly string[]> {
  const brought = await loadPlugins(search)
  return [...FIRST_PARTY, ...brought, ...search.embedded].map((provider) => provider.name)
}

/** The platform of a provider's edition. Throws SLS2002 when it has no such edition. */
export function chooseTarget(provider: Provider, edition: string | undefined): Target {
  const target = targetOf(provider, edition)
  if (target) return target
  const editions = provider.targets.flatMap((one) => (one.edition === undefined ? [] : [one.edition]))
  const help = [editions.length > 0 ? `it has ${editions.join(' and ')}` : 'it has no editions: leave "edition" out']
  const pointer = '/provider/edition'
  throw new SlsError(error('SLS2002', `provider "${provider.name}" has no edition "${edition}"`, { pointer, help }))
}

async function loadPlugins(search: ProviderSearch): Promise<Provider[]> {
  const loaded = await Promise.all(search.plugins.map((plugin) => importPlugin(plugin, search)))
  return loaded.filter((provider) => provider !== undefined)
}

// A plugin without a provider in it is another kind of plugin.
async function importPlugin(plugin: string, search: ProviderSearch): Promise<Provider | undefined> {
  if (locate(plugin, search.dir) === undefined) return undefined
  const module = await openPackage(plugin, search)
  return isProvider(module['provider']) ? module['provider'] : undefined
}

async function importProvider(name: string, search: ProviderSearch): Promise<Provider> {
  const module = await openPackage(name, search)
  if (isProvider(module['provider'])) return module['provider']
  throw new SlsError(error('SLS2003', `"${name}" is not a provider: it has no export "provider"`))
}

async function openPackage(name: string, search: ProviderSearch): Promise<Record<string, unknown>> {
  const file = locate(name, search.dir)
  try {
    const path = file ?? ownRequire.resolve(name)
    return (await open(path, name)) as Record<string, unknown>
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND' && file === undefined
    const help = [missing ? `npm install --save-dev ${name}` : 'the cause is in the message; --debug shows the stack']
    throw new SlsError(error('SLS2003', `"${name}" cannot be loaded: ${(cause as Error).message}`, { help }), { cause })
  }
}

// require() spares the loader of ES modules, which costs more than a provider's literal.
async function open(path: string, name: string): Promise<unknown> {
  if (!path.endsWith('.cjs')) return await importModule(pathToFileURL(path).href)
  const isOurs = FIRST_PARTY.some((one) => one.package === name)
  return isOurs ? requireBundle(path, ownRequire) : ownRequire(path)
}

const ownRequire = createRequire(import.meta.url)

// The service's own copy wins, so that a project decides which version it is deployed with.
function locate(name: string, dir: string): string | undefined {
  const isPath = name.startsWith('.') || isAbsolute(name)
  if (isPath) return existsSync(resolve(dir, name)) ? createRequire(join(dir, 'x.js')).resolve(name) : undefined
  if (!existsSync(join(dir, 'node_modules', name))) return undefined
  return createRequire(join(dir, 'x.js')).resolve(name)
}

function answersTo(one: { readonly name: string; readonly aliases: readonly string[] }, name: string): boolean {
  return one.name === name || one.aliases.includes(name)
}

function isProvider(value: unknown): value is Provider {
  return typeof value === 'object' && value !== null && 'name' in value && 'targets' in value
}

function unknown(name: string, search: ProviderSearch): ReturnType<typeof error> {
  const names = [...FIRST_PARTY, ...search.embedded].map((one) => one.name)
  const help = [`known are ${names.join(', ')}`, 'other providers are packages: name them under "plugins"']
  const place = search.pointer === undefined ? {} : { pointer: search.pointer }
  const message = name === '' ? 'the name of a provider is empty' : `no provider "${name}"`
  return error('SLS2001', message, { ...place, help })
}
