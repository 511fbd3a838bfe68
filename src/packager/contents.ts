import { extname } from 'node:path'
import { type Diagnostic, error, type Fn, hasErrors, type Machine, type Service } from '@anyfaas/kit'
import { bundleModules, type Source } from './bundle/bundles.ts'
import { type Code, codeOf } from './code/code.ts'
import { isCustom, startFile } from './code/custom.ts'
import { moduleScopes } from './code/module-scope.ts'
import { startServers } from './code/start-servers.ts'
import { entriesOf, generated } from './entries.ts'
import { readIgnoreFiles } from './files/ignore-files.ts'
import { compilePatterns, type Patterns } from './files/patterns.ts'
import { mayHoldAccessKey } from './files/secrets.ts'
import { type Selection, selectServiceFiles } from './files/service-files.ts'
import type { TreeFile } from './files/tree.ts'
import type { Trees } from './files/trees.ts'
import type { FrameworkContents } from './framework/contents.ts'
import { frameworkOf } from './framework/framework.ts'
import { type Group, packageOptionsOf } from './groups.ts'
import { languageParts } from './languages/parts.ts'
import { checkAddons, checkStartFile } from './machine/native-code.ts'
import { type PlatformCode, USUAL_PLATFORM } from './machine/platform-code.ts'
import { selectPackages } from './packages/package-files.ts'
import { hasManyPackages, type Wanted } from './packages/packages.ts'
import { onlyRequired } from './packages/required.ts'
import type { Ahead } from './work/ahead.ts'
import type { PackEntry } from './work/entries-key.ts'

export interface ContentsQuery {
  readonly service: Service
  /** Real path. */
  readonly serviceDir: string
  readonly providerName: string
  readonly runtimeEntry: URL
  readonly nodeTarget: string
  /** Absolute paths of files and folders that are written by packaging, and so do not go into it. */
  readonly outputs: readonly string[]
  readonly platform?: PlatformCode
  readonly signal?: AbortSignal
  readonly trees: Trees
  readonly cacheDir?: string
  /** Begins with files that are found. */
  readonly ahead?: Ahead
}

export interface Contents {
  readonly entries: readonly PackEntry[]
  readonly diagnostics: readonly Diagnostic[]
}

/** Everything that goes into one artifact. What is wrong with it is in `diagnostics`; what cannot be bundled is thrown. */
export async function contentsOf(group: Group, query: ContentsQuery): Promise<Contents> {
  const { service, serviceDir, outputs, nodeTarget, trees, ahead, platform = USUAL_PLATFORM } = query
  const { functions } = group
  const code = codeOf(functions, service, serviceDir)
  if (hasErrors(code.diagnostics)) return { entries: [], diagnostics: code.diagnostics }
  expectFiles(code, group, query)
  const machine = platform.machineOf(functions[0] as Fn)
  const languages = await languageParts({ ...query, functions, machine, programOf: platform.programOf })
  const patterns = compilePatterns([...code.folders, ...group.patterns], readIgnoreFiles(serviceDir))
  const framed = await frameworkParts(query, functions)
  const own = selectServiceFiles({
    serviceDir,
    outputs,
    patterns,
    trees,
    byDefault: code.copied,
    ...(languages.leavesOut && { leavesOut: languages.leavesOut }),
  })
  const scope = moduleScopes(own.files)
  const asked = { serviceDir, target: nodeTarget, scope, withSources: platform.withSources === true }
  const bundles = await bundleModules({ ...asked, sources: sourcesOf(code, service) })
  const packages = selectPackages({
    serviceDir,
    patterns,
    trees,
    wanted: [...bundles.outside, ...framed.wanted, ...layersWanted(code, serviceDir)],
    whole: code.withPackages,
    productionOnly: group.productionOnly,
    onFound: (files) => offer(files, group, ahead),
  })
  const needed = await neededFiles({ group, code, own, packages, patterns, query })
  const entries = new Map<string, PackEntry>()
  const add = (entry: PackEntry) => entries.set(entry.name, entry)
  for (const entry of languages.entries) add(entry)
  for (const file of [...needed, ...own.files]) if (!framed.replaces(file.name)) add(fromFile(file))
  for (const entry of [...framed.entries, ...bundles.files.map((file) => generated(file.name, file.bytes))]) add(entry)
  for (const entry of entriesOf({ code, bundles, query, scope })) add(entry)
  const checks = [...checkModules(code, entries), ...startServers(code.servers, entries, platform)]
  const machineChecks = [...checkAddons(entries, machine), ...checkStarts(functions, entries, { machine, platform })]
  const parts = [code, languages, own, bundles, packages]
  return {
    entries: [...entries.values()],
    diagnostics: [...parts.flatMap((part) => part.diagnostics), ...checks, ...machineChecks],
  }
}

function expectFiles({ withPackages }: Code, { traced }: Group, { ahead, serviceDir }: ContentsQuery): void {
  if (ahead && withPackages && traced !== true && hasManyPackages(serviceDir)) ahead.expect()
}

// Few files are left of traced packages.
function offer(files: readonly TreeFile[], { traced }: Group, ahead: Ahead | undefined): void {
  if (traced !== true) ahead?.offer(files.map(fromFile))
}

function layersWanted({ layerPackages }: Code, serviceDir: string): Wanted[] {
  return layerPackages.map(({ name }) => ({ name, from: serviceDir }))
}

// Late, so that other projects do without.
async function frameworkParts(
  { service, serviceDir }: ContentsQuery,
  functions: readonly Fn[],
): Promise<FrameworkContents> {
  const framework = frameworkOf(functions)
  if (!framework) return { entries: [], wanted: [], replaces: () => false }
  const { frameworkContents } = await import('./framework/contents.ts')
  return frameworkContents({ service, functions, framework, serviceDir })
}

interface Choice {
  readonly group: Group
  readonly code: Code
  readonly own: Selection
  readonly packages: Selection
  readonly patterns: Patterns
  readonly query: ContentsQuery
}

// What a server of its own or a framework requires is known only when it runs.
async function neededFiles({ group, code, own, packages, patterns, query }: Choice): Promise<readonly TreeFile[]> {
  const plain = code.modules.filter(({ bundled }) => !bundled).map(({ file }) => file.path)
  const modules = [...plain, ...code.layerPackages.map(({ path }) => path)]
  const isSeen = code.servers.length === 0 && !frameworkOf(group.functions)
  if (group.traced !== true || plain.length === 0 || !isSeen) return packages.files
  return await onlyRequired({ ...query, modules, own: own.files, packages: packages.files, patterns })
}

function sourcesOf(code: Code, service: Service): Source[] {
  const modules = code.modules.filter(({ bundled }) => bundled)
  const servers = code.servers.flatMap(({ fn, source }) => (source ? [{ fn, source }] : []))
  return [
    ...modules.map(({ file, options, keepsFormat = false }) => ({
      path: file.path,
      out: withoutExtension(file.name),
      options,
      isServer: keepsFormat,
    })),
    ...servers.map(({ fn, source }) => ({ ...source, options: packageOptionsOf(service, fn), isServer: true })),
  ]
}

// The patterns are the user's, so they may leave out what the functions start from.
function checkModules(code: Code, entries: ReadonlyMap<string, PackEntry>): Diagnostic[] {
  const absent = code.modules.filter(({ file, bundled }) => !bundled && !entries.has(file.name))
  return absent.map(({ file }) =>
    error('SLS4001', `the patterns of "package" leave out "${file.name}", which a function starts from`, {
      pointer: '/package',
      help: [`add "${file.name}" as the last one of "patterns"`],
    }),
  )
}

// What the platform starts has to be for its system.
function checkStarts(
  functions: readonly Fn[],
  entries: ReadonlyMap<string, PackEntry>,
  { machine, platform }: { readonly machine: Machine; readonly platform: PlatformCode },
): Diagnostic[] {
  return functions.flatMap((fn) => {
    const handler = fn.code.kind === 'handler' && /^go\d/i.test(fn.runtime) ? fn.code.handler : undefined
    const name = isCustom(fn) ? startFile(fn) : (platform.programOf(fn) ?? handler)
    const entry = name === undefined ? undefined : entries.get(name)
    return entry ? checkStartFile({ ...entry, pointer: fn.at }, machine) : []
  })
}

function fromFile(file: TreeFile): PackEntry {
  return { name: file.name, executable: file.executable, source: file, scan: mayHoldAccessKey(file) }
}

function withoutExtension(name: string): string {
  return name.slice(0, name.length - extname(name).length)
}
