import type {
  Call,
  Connection,
  ConnectOptions,
  Connector,
  DeployedFunction,
  Deployment,
  LogLine,
  LogQuery,
  Operations,
} from '@anyfaas/kit'
import type { FunctionStatus, ServiceStatus } from './api.ts'
import { FunctionDriver } from './client/function-driver.ts'
import { Link } from './client/link.ts'
import { LocalOperations } from './client/operations.ts'
import { homeOf } from './home.ts'

export const connector: Connector = {
  connect: async (options) => new LocalConnection(options),
}

const TITLE = 'local platform'

/** What the running platform, started when need be, does with one service and stage. */
class LocalConnection implements Connection {
  readonly drivers
  readonly operations: Operations
  readonly #link: Link

  constructor(options: ConnectOptions) {
    this.#link = new Link(options)
    this.drivers = [new FunctionDriver(this.#link, options)]
    this.operations = new LocalOperations(this.#link, homeOf(options.env))
  }

  async info(call: Call): Promise<Deployment | undefined> {
    const status = await this.#link.openedStatus(call)
    if (!status) return undefined
    const { url, open } = status
    return { platform: TITLE, url, ...(open && { open }), functions: functionsOf(status) }
  }

  async *logs(query: LogQuery, call: Call): AsyncGenerator<LogLine> {
    const client = await this.#link.existing(call)
    const lines = client?.lines({ path: this.#link.path('logs'), query: write(query), signal: call.signal }) ?? []
    try {
      for await (const line of lines) yield line as LogLine
    } catch (failure) {
      if (!call.signal.aborted) throw failure
    }
  }

  async close(): Promise<void> {
    // Every request has a connection of its own, which is closed when it is answered.
  }
}

// What is true of the whole service is said with its first function.
function functionsOf({ functions, notes }: ServiceStatus): DeployedFunction[] {
  return functions.map((status, index) => ({
    ...describe(status),
    notes: [...(index === 0 ? notes : []), ...status.notes],
  }))
}

function describe({ spec, state, urls, notes }: FunctionStatus): DeployedFunction {
  return { name: spec.name, state, urls, notes, ...(spec.digest !== undefined && { digest: spec.digest }) }
}

function write({ functions, since, tail, follow }: LogQuery): string {
  const query = new URLSearchParams(functions.map((name): [string, string] => ['function', name]))
  if (since !== undefined) query.set('since', String(since))
  if (tail !== undefined) query.set('tail', String(tail))
  query.set('follow', String(follow))
  return `?${query}`
}
