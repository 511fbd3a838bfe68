import { existsSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { parseEnv } from 'node:util'
import { type Diagnostic, error, hasErrors, type Service, SlsError } from '@anyfaas/kit'
import { codeFirstProject } from './code-first/project.ts'
import { DEFAULTS } from './defaults.ts'
import { findFile } from './find.ts'
import { inherited } from './inherited.ts'
import { type Framed, normalizeService } from './normalize/service.ts'
import { locate, type Places } from './places.ts'
import { under } from './pointer.ts'
import { readSource, readText } from './read.ts'
import { renameKeys } from './rename.ts'
import { checkRules } from './rules.ts'
import { schema } from './schema.gen.ts'
import type { Source } from './source.ts'
import { mergeStage } from './stages.ts'
import { isTree, type Tree } from './tree.ts'
import { validate } from './validate.ts'
import type { VariableContext } from './variables/sources.ts'
import { resolveVariables, stageOf, withoutVariables } from './variables.ts'

export interface LoadOptions {
  /** The service folder. */
  readonly dir: string
  /** Another file than the usual ones. */
  readonly file?: string
  readonly stage?: string
  readonly provider?: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Options of the command line, for `${opt:}`. */
  readonly options?: Readonly<Record<string, unknown>>
  readonly params?: Readonly<Record<string, string>>
}

export interface Loaded {
  readonly service: Service
  /** Absolute path of the service folder. */
  readonly dir: string
  readonly file: string
  /** Warnings, with their places. */
  readonly diagnostics: readonly Diagnostic[]
  /** Gives a diagnostic of a later phase its place in the file. */
  readonly locate: (diagnostic: Diagnostic) => Diagnostic
  /** A variable of the environment, of `.env.STAGE`, or of `.env`. */
  readonly env: (name: string) => string | undefined
}

/** Reads, resolves, checks and normalizes a service file. Throws one SlsError with every mistake and warning of it. */
export async function loadService(options: LoadOptions): Promise<Loaded> {
  const { file, dir } = findFile(options.dir, options.file)
  const source = isModule(file) ? await (await import('./module.ts')).readModule(file) : readSource(file)
  return await loadSource(source, { ...options, dir })
}

/** The same for a file that was read before; its value is used up by it. */
export async function loadSource(source: Source, options: LoadOptions): Promise<Loaded> {
  const { dir } = options
  if (!isTree(source.value)) throw new SlsError(notAMap(source))
  const places: Places = { main: source, steps: [] }
  const { tree, stage, env, diagnostics, framed } = await resolveTree(source.value, dir, options, places)
  const found = diagnostics.map((diagnostic) => locate(places, diagnostic))
  if (hasErrors(found)) throw new SlsError(found)
  const place = (diagnostic: Diagnostic): Diagnostic => {
    const { pointer } = diagnostic
    return locate(places, pointer === undefined ? diagnostic : { ...diagnostic, pointer: inherited(tree, pointer) })
  }
  return {
    service: normalizeService(tree, stage, framed),
    dir,
    file: source.file,
    diagnostics: found,
    locate: place,
    env,
  }
}

function isModule(file: string): boolean {
  return /\.[cm]?[jt]s$/.test(file)
}

interface ResolvedTree {
  readonly tree: Tree
  readonly stage: string
  readonly env: (name: string) => string | undefined
  readonly diagnostics: readonly Diagnostic[]
  /** The functions that a framework finds in its own classes. */
  readonly framed: Framed | undefined
}

async function resolveTree(root: Tree, dir: string, options: LoadOptions, places: Places): Promise<ResolvedTree> {
  const context = {
    dir,
    options: options.options ?? {},
    params: options.params ?? {},
    ...(options.provider !== undefined && { provider: options.provider }),
  }
  const plainEnv = environment(dir, options.env)
  const stage = options.stage ?? stageOf(root, { ...context, env: plainEnv }, places) ?? DEFAULTS.stage
  const env = environment(dir, options.env, stage)
  const merged = mergeStage(root, stage)
  places.steps.push(merged.moves)
  const full: VariableContext = { ...context, stage, env }
  // With a stage of its own the file is in two trees.
  const isOurs = merged.root === root && places.main.hasAliases !== true
  const resolved = resolveVariables(merged.root, full, places, isOurs)
  const added = await addCode(resolved.root, dir, places)
  const renamed = renameKeys(resolved.root, '', schema)
  places.steps.push(renamed.moves)
  const mistakes = validate(resolved.root, '', { schema, soft: resolved.soft })
  const diagnostics = [
    ...resolved.diagnostics,
    ...added.diagnostics,
    ...renamed.diagnostics,
    ...mistakes,
    ...checkRules(resolved.root),
    ...checkStages(root, stage),
  ]
  return { tree: resolved.root, stage, env, diagnostics, framed: added.framed }
}

// Late, because the parser of sources is larger than all the rest. A whole application has no functions of its own.
async function addCode(root: Tree, dir: string, places: Places): Promise<AddedCode> {
  const project = (root['deployType'] ?? undefined) === undefined ? codeFirstProject(dir) : undefined
  if (!project) return { diagnostics: [], framed: undefined }
  const { addFunctions } = await import('./code-first/add.ts')
  const { moves, diagnostics, names } = await addFunctions(root, project)
  places.steps.push(moves)
  const sources = relative(dir, project.sourceDir).split(sep).join('/')
  return { diagnostics, framed: { names, framework: { name: 'midway', major: project.major, sources } } }
}

interface AddedCode {
  readonly diagnostics: readonly Diagnostic[]
  readonly framed: Framed | undefined
}

// The stages that are not in use are checked too, without their variables: these may be unset today.
function checkStages(root: Tree, current: string): readonly Diagnostic[] {
  const stages = root['stages']
  if (!isTree(stages)) return []
  return Object.entries(stages).flatMap(([name, overlay]) => {
    if (name === current || !isTree(overlay)) return []
    const at = under('/stages', name)
    const quiet = withoutVariables(overlay) as Tree
    renameKeys(quiet, at, schema)
    return validate(quiet, at, { schema, soft: new Set(), partial: true })
  })
}

// Files are read at the first question that the process's own environment cannot answer.
function environment(dir: string, env: LoadOptions['env'], stage?: string): (name: string) => string | undefined {
  let files: Readonly<Record<string, string | undefined>> | undefined
  return (name) => {
    if (env[name] !== undefined) return env[name]
    files ??= { ...dotenv(join(dir, '.env')), ...(stage !== undefined && dotenv(join(dir, `.env.${stage}`))) }
    return Object.hasOwn(files, name) ? files[name] : undefined
  }
}

function dotenv(file: string): Readonly<Record<string, string | undefined>> {
  return existsSync(file) ? parseEnv(readText(file)) : {}
}

function notAMap(source: Source): Diagnostic {
  const empty = source.value === undefined || source.value === null
  return error('SLS1003', empty ? 'the service file is empty' : 'a service file is a map of keys', {
    at: { file: source.file, start: 0, end: 0 },
    help: ['the least is: service: my-app'],
  })
}
