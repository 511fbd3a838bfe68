import { resolve } from 'node:path'
import type { HostedApp, HttpContext } from '@anyfaas/runtime'
import { type Application, applicationIn, fromServer } from './application.ts'
import { startEgg } from './egg.ts'
import { interceptListen, type Listening } from './listening.ts'
import { siteIn } from './site.ts'

/** A module with one handler, which the runtime calls like any other. */
export interface HostedModule {
  readonly handler: (ctx: HttpContext) => Promise<unknown>
}

/**
 * Makes a whole web application callable. `load` opens its module, where it has one; `root` is the artifact's folder,
 * at whose root this file lies. Rejects with what the module throws, and when it neither exports an application nor
 * listens.
 */
export async function host(app: HostedApp, load: () => Promise<unknown>, root = __dirname): Promise<HostedModule> {
  return { handler: await open(app, load, root) }
}

async function open(app: HostedApp, load: () => Promise<unknown>, root: string): Promise<Application> {
  const folder = resolve(root, app.folder ?? '.')
  if (app.framework === 'static') return siteIn(folder, app.site ?? {})
  listening ??= interceptListen()
  const module = await (app.framework === 'egg' ? startEgg(folder) : load())
  // What listens has the listeners of everything that was put into the server beside the application.
  if (listening.server) return fromServer(listening.server)
  const exported = await applicationIn(module)
  if (listening.server) return fromServer(listening.server)
  return exported ?? fromServer(await within(app.startSec, listening))
}

// One for the process: what has listened once does not do it again when a call tries again.
let listening: Listening | undefined

function within(seconds: number, { first }: Listening): Listening['first'] {
  return new Promise((done, fail) => {
    const why = `it exports no application (as its default, "app" or "server"), and did not listen within ${seconds} s`
    const timer = setTimeout(() => fail(new Error(`the application does not start: ${why}`)), seconds * 1000)
    first.finally(() => clearTimeout(timer)).then(done, fail)
  })
}
