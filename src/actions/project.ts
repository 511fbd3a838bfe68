import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import {
  type Diagnostic,
  error,
  isSlsError,
  type Provider,
  type Service,
  SlsError,
  type Sources,
  type Target,
} from '@anyfaas/kit'
import { type Loaded, loadService } from '../config/load.ts'
import { localProvider } from '../local/provider.ts'
import { chooseTarget, loadProvider, type ProviderSearch, providerNames } from '../providers/load.ts'
import type { ActionIo } from './io.ts'

/** What every action that works on a service file takes. */
export interface ProjectOptions {
  /** The service folder; the current one when missing. */
  readonly dir?: string
  /** Another file than the usual ones. */
  readonly config?: string
  readonly stage?: string
  readonly region?: string
  /** A provider, several with commas, or `all`. */
  readonly provider?: string
  readonly params?: Readonly<Record<string, string>>
  /** Warnings of what a platform lacks become errors. */
  readonly strict?: boolean
}

/** A loaded service file. */
export interface Project {
  readonly service: Service
  /** Absolute path of the service folder. */
  readonly dir: string
  /** Absolute path of the service file. */
  readonly file: string
  readonly sources: Sources
  /** A variable of the environment, of `.env.STAGE`, or of `.env`. */
  readonly env: (name: string) => string | undefined
  /** Gives diagnostics of later phases their places in the file. */
  readonly locate: (diagnostic: Diagnostic) => Diagnostic
}

/** A platform that the service is for. */
export interface Platform {
  readonly provider: Provider
  readonly target: Target
  /** The provider's name, and with a chosen edition that too, as `NAME-2.0`: names folders and files. */
  readonly label: string
  /** The service as it is meant for this platform: settings of another provider are left out. */
  readonly service: Service
}

/** Loads the service file; its warnings are told. Throws one SlsError with all its mistakes. */
export async function openProject(options: ProjectOptions, io: ActionIo): Promise<Project> {
  const loaded = await located(() =>
    loadService({
      dir: resolve(io.cwd, options.dir ?? '.'),
      env: io.env,
      options: commandOptions(options),
      ...(options.config !== undefined && { file: options.config }),
      ...(options.stage !== undefined && { stage: options.stage }),
      ...(options.provider !== undefined && { provider: options.provider }),
      ...(options.params !== undefined && { params: options.params }),
    }),
  )
  tellAll(loaded.diagnostics, io)
  return { ...loaded, service: withRegion(loaded, options.region), sources }
}

/** The platforms that `--provider`, else the file, names. Without either: asked on a terminal, else the local one. */
export async function choosePlatforms(
  project: Project,
  options: ProjectOptions,
  io: ActionIo,
): Promise<readonly Platform[]> {
  const search = searchOf(project)
  const wanted = options.provider ?? project.service.provider.name ?? (await askProvider(search, io))
  const names = wanted === 'all' ? await providerNames(search) : wanted.split(',').map((name) => name.trim())
  const isOwn = options.provider === undefined
  return await Promise.all(
    [...new Set(names)].map((name) =>
      choosePlatform(project, name, options, isOwn ? { ...search, pointer: '/provider/name' } : search),
    ),
  )
}

/** Tells warnings, and throws when there are errors among what a platform says of the service. */
export function settle(
  project: Project,
  diagnostics: readonly Diagnostic[],
  options: ProjectOptions,
  io: ActionIo,
): void {
  const found = diagnostics.map((diagnostic) => strictly(project.locate(diagnostic), options))
  if (found.some((diagnostic) => diagnostic.severity === 'error')) throw new SlsError(found, { sources })
  tellAll(found, io)
}

export function tellAll(diagnostics: readonly Diagnostic[], io: ActionIo): void {
  for (const diagnostic of diagnostics) io.tell({ kind: 'diagnostic', diagnostic, sources })
}

/** The platforms with the other editions of their providers, each in its provider's own order. */
export function everyEdition(platforms: readonly Platform[]): readonly Platform[] {
  return platforms.flatMap((platform) =>
    platform.provider.targets.map((target) => ({ ...platform, target, label: labelOf(platform.provider, target) })),
  )
}

async function choosePlatform(
  project: Project,
  name: string,
  options: ProjectOptions,
  search: ProviderSearch,
): Promise<Platform> {
  return await located(async () => {
    const provider = await loadProvider(name, search)
    // An edition in the file is that of the file's own provider.
    const own = project.service.provider.name
    const isOwn = own === undefined || own === name || own === provider.name || provider.aliases.includes(own)
    const target = chooseTarget(provider, isOwn ? project.service.provider.edition : undefined)
    const service = isOwn ? project.service : withoutAccount(project.service, options.region)
    return { provider, target, label: labelOf(provider, target), service }
  }, project.locate)
}

function labelOf(provider: Provider, target: Target): string {
  return target === provider.targets[0] ? provider.name : `${provider.name}-${target.edition}`
}

async function askProvider(search: ProviderSearch, io: ActionIo): Promise<string> {
  if (!io.ask) {
    io.tell({ kind: 'phase', name: 'the file names no provider: taking "local"', state: 'done' })
    return localProvider.name
  }
  const names = await providerNames(search)
  return await io.ask({
    message: 'Which platform?',
    choices: names.map((name) => ({ value: name, label: name })),
    default: localProvider.name,
  })
}

function searchOf(project: Project): ProviderSearch {
  return { dir: project.dir, plugins: project.service.plugins, embedded: [localProvider] }
}

/** With `strict` the losses are errors. */
export function strictly(diagnostic: Diagnostic, options: ProjectOptions): Diagnostic {
  const isLoss = diagnostic.severity === 'warning' && diagnostic.code.startsWith('SLS3')
  return options.strict && isLoss ? { ...diagnostic, severity: 'error' } : diagnostic
}

/** Does work whose errors get their places in the file, and the texts for their frames. */
export async function located<T>(
  work: () => Promise<T>,
  locate: (diagnostic: Diagnostic) => Diagnostic = (same) => same,
): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    // What runs late is a bundle of its own, with its own copy of the class.
    if (!isSlsError(cause)) throw cause
    throw new SlsError(cause.diagnostics.map(locate), { cause: cause.cause, sources })
  }
}

function withRegion(loaded: Loaded, region: string | undefined): Service {
  if (region === undefined) return loaded.service
  return { ...loaded.service, provider: { ...loaded.service.provider, region } }
}

// A region, an account and an endpoint are the own provider's; another one has others.
function withoutAccount(service: Service, region: string | undefined): Service {
  const { name } = service.provider
  return { ...service, provider: { ...(name !== undefined && { name }), ...(region !== undefined && { region }) } }
}

function commandOptions(options: ProjectOptions): Record<string, unknown> {
  const { stage, region, provider } = options
  return Object.fromEntries(Object.entries({ stage, region, provider }).filter(([, value]) => value !== undefined))
}

function sources(file: string): string | undefined {
  try {
    // Places count from behind a byte order mark.
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '')
  } catch {
    // The file is gone or cannot be read: the diagnostic stands without its frame.
    return undefined
  }
}

/** An error about how a command was used. */
export function misuse(message: string, help?: string): SlsError {
  return new SlsError(error('SLS0002', message, help === undefined ? {} : { help: [help] }))
}
