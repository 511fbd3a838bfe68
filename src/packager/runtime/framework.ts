import type { CloudEvent, Context, HttpContext } from '@anyfaas/runtime'
import { type Booted, boot, type Home } from './boot.ts'
import { answerWith, eventContext, requestOf } from './exchange.ts'
import { type Compiled, runCompiled } from './sources.ts'

export interface FrameworkOptions {
  /** Absolute path of the folder of package.json. */
  readonly appDir: string
  /** The framework's major version. */
  readonly major: number
  /** Present where sources run in place; otherwise the framework finds what was compiled in `dist`. */
  readonly compiled?: Compiled
  /** Function -> the name that the framework knows its handler by. */
  readonly handlers: Readonly<Record<string, string>>
}

/** What the entry of a function loads. */
export interface FrameworkModule {
  /** Starts the framework, once however many functions wait for it. A failure is tried again by the next call. */
  readonly initialize: (ctx: Context) => Promise<void>
  /** Function -> its handler, with the signature `context`. */
  readonly functions: Readonly<Record<string, (ctx: Context, event?: CloudEvent) => Promise<unknown>>>
}

/** Lets a framework answer the calls of functions that are methods of its classes. */
export function open({ appDir, major, compiled, handlers }: FrameworkOptions): FrameworkModule {
  if (compiled) runCompiled(compiled)
  const home: Home = { appDir, major, baseDir: compiled?.from ?? `${appDir}/dist` }
  let booting: Promise<Booted> | undefined
  const ready = (ctx: Context): Promise<Booted> => {
    booting ??= boot(home, ctx).catch((error: unknown) => {
      booting = undefined
      throw error
    })
    return booting
  }
  const pairs = Object.entries(handlers).map(([name, handler]) => [
    name,
    async (ctx: Context, event?: CloudEvent) => call(await ready(ctx), handler, ctx, event),
  ])
  return {
    initialize: async (ctx) => {
      await ready(ctx)
    },
    functions: Object.fromEntries(pairs),
  }
}

async function call(booted: Booted, handler: string, ctx: Context, event: CloudEvent | undefined): Promise<unknown> {
  const run = booted.handlerOf(handler)
  if (event !== undefined) {
    const theirs = eventContext(ctx)
    return await run(theirs, theirs.originEvent)
  }
  const ours = ctx as HttpContext
  const { request, response } = requestOf(ours, booted.parser)
  return await booted.respond(request, response, async (theirs) => {
    const result = await run(theirs).finally(() => answerWith.headers(ours, theirs))
    return answerWith.body(ours, theirs, result)
  })
}
