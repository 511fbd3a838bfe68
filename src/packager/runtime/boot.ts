import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Context } from '@anyfaas/runtime'
import type { Parser, Respond } from './exchange.ts'
import { FRAMEWORK, OWNERS, PARSER } from './names.ts'

/** Where the framework lives. */
export interface Home {
  readonly appDir: string
  /** The folder that it looks for classes in. */
  readonly baseDir: string
  readonly major: number
}

/** A framework that runs. */
export interface Booted {
  readonly parser: Parser
  readonly respond: Respond
  /** Throws an Error for a name that no class bears. */
  handlerOf(name: string): (theirs: object, event?: unknown) => Promise<unknown>
}

/** Starts the project's own framework, of any version, as its own starter does. */
export async function boot(home: Home, ctx: Context): Promise<Booted> {
  const load = loader(home.appDir)
  const parser = load(PARSER) as Parser
  const app = new parser.Application()
  const settings = {
    initializeContext: ctx.originContext,
    applicationAdapter: {
      getApplication: () => app,
      getFunctionName: () => ctx.function,
      getFunctionServiceName: () => ctx.service,
    },
  }
  const framework = await START[home.major < 2 ? 1 : home.major === 2 ? 2 : 3](home, load, settings)
  return {
    parser,
    respond: app.callback(),
    handlerOf: (name) => framework.handleInvokeWrapper(keyOf(framework, name)),
  }
}

interface Framework {
  readonly funMappingStore: ReadonlyMap<string, unknown>
  handleInvokeWrapper(handler: string): (theirs: object, event?: unknown) => Promise<unknown>
}

type Load = (name: string) => unknown
type Start = (home: Home, load: Load, settings: object) => Promise<Framework>

const START: Readonly<Record<1 | 2 | 3, Start>> = {
  1: async ({ appDir, baseDir }, load, settings) => {
    const { FaaSStarter } = load(FRAMEWORK) as { FaaSStarter: new (options: object) => Framework & Startable }
    const starter = new FaaSStarter({ baseDir: appDir, codeDir: baseDir, ...settings })
    await starter.start()
    return starter
  },
  2: async ({ appDir, baseDir }, load, settings) => {
    const { Framework } = load(FRAMEWORK) as { Framework: new () => Framework & Runnable }
    const framework = new Framework()
    framework.configure(settings)
    await framework.initialize({ appDir, baseDir })
    Object.assign(globalThis, { MIDWAY_MAIN_FRAMEWORK: framework })
    await framework.run()
    return framework
  },
  3: async ({ appDir, baseDir }, load, settings) => {
    const { Framework } = load(FRAMEWORK) as { Framework: unknown }
    const core = load('@midwayjs/core') as Core
    const options = { appDir, baseDir, globalConfig: { faas: settings }, ...asyncContext(load) }
    const container = await core.initializeGlobalApplicationContext(options)
    return await container.getAsync(Framework)
  },
}

interface Startable {
  start(): Promise<void>
}

interface Runnable {
  configure(options: object): void
  initialize(options: object): Promise<void>
  run(): Promise<void>
}

interface Core {
  initializeGlobalApplicationContext(options: object): Promise<{ getAsync(type: unknown): Promise<Framework> }>
}

// What tells one request from another in code that has no context; a project has it or does without.
function asyncContext(load: Load): object {
  try {
    const { createContextManager } = load('@midwayjs/async-hooks-context-manager') as { createContextManager(): object }
    return { asyncContextManager: createContextManager() }
  } catch (error) {
    if ((error as { code?: unknown }).code === 'MODULE_NOT_FOUND') return {}
    throw error
  }
}

// A class that is a function as a whole, and bears no name, is kept under the name of no method.
function keyOf(framework: Framework, name: string): string {
  if (framework.funMappingStore.has(name)) return name
  const whole = name.replace(/\.[^.]+$/, '.undefined')
  return framework.funMappingStore.has(whole) ? whole : name
}

// The project's own packages first, then those that came with a package of the framework.
function loader(appDir: string): Load {
  const own = createRequire(join(appDir, 'package.json'))
  return (name) => {
    for (const owner of OWNERS) {
      const path = resolve(own, name) ?? resolve(own, `${owner}/package.json`, name)
      if (path !== undefined) return own(path)
    }
    return own(name)
  }
}

function resolve(from: NodeJS.Require, name: string, inner?: string): string | undefined {
  try {
    const path = from.resolve(name)
    return inner === undefined ? path : createRequire(path).resolve(inner)
  } catch (error) {
    if ((error as { code?: unknown }).code === 'MODULE_NOT_FOUND') return undefined
    throw error
  }
}
