import { join } from 'node:path'
import type { ListeningEvent } from '@anyfaas/kit'
import { DevHost } from '../local/dev/dev-host.ts'
import { certificateFor, urlsOf, type Where } from './dev/address.ts'
import { Loop } from './dev/loop.ts'
import { type Opened, openService } from './dev/opened.ts'
import { DevSession } from './dev/session.ts'
import type { ActionIo } from './io.ts'
import type { ProjectOptions } from './project.ts'

export interface DevOptions extends ProjectOptions, Where {
  /** The one of the last session, or a free one, when missing. */
  readonly port?: number
  /** The inspector's port of the first function; those of the others follow it. */
  readonly debugPort?: number
}

export interface DevResult {
  readonly reloads: number
}

/**
 * Runs a service from where it lies, and again whenever its files change, until the signal aborts. Throws what is wrong
 * with the service file at the start; everything after that is told.
 */
export async function dev(options: DevOptions, io: ActionIo): Promise<DevResult> {
  const began = performance.now()
  const opened = await openService(options, io)
  const host = await hostFor(opened, options, io)
  const loop = new Loop(opened.project.dir, io)
  const { debugPort } = options
  const session = new DevSession(opened, {
    project: options,
    host,
    io,
    onInputs: (paths) => loop.watcher.add(paths),
    ...(debugPort !== undefined && { debugPort }),
  })
  try {
    await loop.watcher.open()
    await host.open()
    await session.reload()
    const listening = describe(opened, host, options, io)
    io.tell({ ...listening, durationMs: performance.now() - began })
    io.listenForKeys?.((key) => {
      if (key === 'r') loop.wake('all')
      if (key === 'u' || key === '?') io.tell(listening)
      if (key === 'q') loop.stop()
    })
    return { reloads: await loop.run(session) }
  } finally {
    loop.watcher.close()
    await host.close()
    await session.close()
  }
}

async function hostFor({ project, platform }: Opened, options: DevOptions, io: ActionIo): Promise<DevHost> {
  const { port, host, https } = options
  return new DevHost({
    service: platform.service.name,
    stage: platform.service.stage,
    folder: join(project.dir, '.sls', 'dev', 'state'),
    ...(port !== undefined && { port }),
    ...(host !== undefined && { host }),
    ...(https && { tls: await certificateFor(options, io) }),
    onLog: (line) => io.tell({ kind: 'log', line }),
    onAnswered: io.tell,
    onDebugger: (name, { url, devtools }) => {
      io.tell({ kind: 'phase', name: `debugger of ${name}`, state: 'done', note: url })
      io.tell({ kind: 'phase', name: `DevTools of ${name}`, state: 'done', note: devtools })
    },
  })
}

const KEYS = 'r reload, u addresses, q quit'

function describe({ platform, specs }: Opened, host: DevHost, options: DevOptions, io: ActionIo): ListeningEvent {
  return {
    kind: 'listening',
    service: platform.service.name,
    platform: platform.label,
    urls: urlsOf(host.port, options),
    routes: [...specs.values()].flatMap(({ name, routes }) =>
      routes.map(({ methods, path }) => ({ function: name, methods, path })),
    ),
    notes: [
      ...(host.certificate === undefined ? [] : [`trust ${host.certificate}, and browsers do not warn`]),
      io.listenForKeys ? KEYS : 'Ctrl-C ends it',
    ],
  }
}
