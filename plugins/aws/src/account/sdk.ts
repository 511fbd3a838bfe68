import type { Tree } from '@anyfaas/kit'
import type { clients as others } from './other-clients.ts'
import type { clients as usual } from './usual-clients.ts'

const OTHERS: readonly string[] = ['cloudwatch', 'events', 'iot', 's3', 'sns'] satisfies (keyof typeof others)[]

type Clients = typeof usual & typeof others

export type ServiceName = keyof Clients

/** A call that the bundle has, such as `CreateFunction`. */
export type Action<S extends ServiceName> = ActionOf<keyof Clients[S]>

type ActionOf<Command> = Command extends `${infer Name}Command` ? Name : never

/** A client of one of the vendor's services. */
export interface SdkClient {
  /** `requestTimeout` is in milliseconds. */
  send(command: object, options: { readonly abortSignal: AbortSignal; readonly requestTimeout?: number }): Promise<Tree>
  destroy(): void
  readonly middlewareStack: {
    add(
      middleware: Middleware,
      where: { readonly step: string; readonly priority: string; readonly name: string },
    ): void
  }
  readonly config: {
    region(): Promise<string>
    /** All bytes of a body, also of one that is bytes already. */
    streamCollector(body: unknown): Promise<Uint8Array>
    credentials(): Promise<{ readonly accessKeyId: string; readonly sessionToken?: string }>
  }
}

/** Stands around every call of a client. */
type Middleware = (
  next: (args: object) => Promise<Answered>,
  context: { readonly commandName?: string },
) => (args: object) => Promise<Answered>

interface Answered {
  readonly response: { readonly statusCode: number; body: Uint8Array }
}

/** The class of the clients of a service. */
export async function clientOf(service: ServiceName): Promise<new (config: object) => SdkClient> {
  return (await sdkOf(service)).Client as new (
    config: object,
  ) => SdkClient
}

export async function makeCommand<S extends ServiceName>(
  service: S,
  action: Action<S>,
  input: object,
): Promise<object> {
  const Command = (await sdkOf(service))[`${action}Command`] as new (input: object) => object
  return new Command(input)
}

// Loading what every deploy asks takes 25 ms, and as much again what only some do.
async function sdkOf(service: ServiceName): Promise<Readonly<Record<string, unknown>>> {
  // The vendor's library warns on standard error of a Node.js that it will leave behind one day.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'
  if (isOther(service)) return (await import('./other-clients.ts')).clients[service]
  return (await import('./usual-clients.ts')).clients[service]
}

function isOther(service: ServiceName): service is keyof typeof others {
  return OTHERS.includes(service)
}
