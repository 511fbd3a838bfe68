import { freePort } from '../../server.ts'
import type { Instance, LaunchOptions } from './instance.ts'
import { NodeInstance } from './node-instance.ts'
import { ServerInstance } from './server-instance.ts'

/** Starts a process of the function; `ready` says when it can be called. */
export async function launch(options: LaunchOptions): Promise<Instance> {
  const { server } = options.spec
  return server ? new ServerInstance(options, server, await freePort()) : new NodeInstance(options)
}
