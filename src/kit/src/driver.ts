import type { Artifact } from './artifact.ts'
import type { Resource } from './resource.ts'
import type { Service } from './service.ts'

/** How the engine treats a field of a spec when it differs from what is live. `update` when no rule names it. */
export type FieldRule = 'update' | 'replace' | 'ignore' | 'secret' | 'unordered'

/** Dotted path -> rule. */
export type FieldRules = Readonly<Record<string, FieldRule>>

/** What a driver call may use besides its arguments. */
export interface Call {
  readonly signal: AbortSignal
  /** Says something about the running step, for the screen. Never a secret. */
  note(text: string): void
}

/** What is there, with the key by which the driver finds it again. */
export interface Live<L extends object = object> {
  /** The id that the same thing has among the desired resources. */
  readonly id: string
  readonly value: L
}

/** Moves one type of resource. `S` is the desired spec, `L` the platform's answer. */
export interface Driver<S extends object = object, L extends object = object> {
  readonly type: string
  readonly rules: FieldRules
  /** Everything of this type that bears our mark for this service and stage. */
  list(call: Call): Promise<readonly Live<L>[]>
  /** The answer's fields are what refs to this resource read. */
  create(resource: Resource<S>, call: Call): Promise<L>
  update(resource: Resource<S>, live: L, call: Call): Promise<L>
  /** Already gone is success. */
  delete(live: Live<L>, call: Call): Promise<void>
  /** The platform's answer in the words of a spec, so that the two can be compared. */
  project(live: L): S
  retryable(error: unknown): boolean
}

export interface LogLine {
  /** Milliseconds since 1970, UTC. */
  readonly time: number
  readonly function: string
  readonly stream: 'out' | 'err' | 'sys'
  readonly text: string
  readonly requestId?: string
}

export interface LogQuery {
  readonly functions: readonly string[]
  /** Milliseconds since 1970, UTC. */
  readonly since?: number
  readonly follow: boolean
  readonly tail?: number
}

/** A deployed function as `sls info` shows it. */
export interface DeployedFunction {
  readonly name: string
  readonly state: string
  readonly digest?: string
  readonly urls: readonly DeployedUrl[]
  readonly notes: readonly string[]
}

export interface DeployedUrl {
  readonly methods: readonly string[]
  readonly url: string
}

export interface Deployment {
  readonly platform: string
  /** The address of the whole service, where it has one. */
  readonly url?: string
  readonly functions: readonly DeployedFunction[]
}

/** A live connection to one platform for one service and stage. */
export interface Connection {
  readonly drivers: readonly Driver[]
  info(call: Call): Promise<Deployment | undefined>
  logs(query: LogQuery, call: Call): AsyncIterable<LogLine>
  close(): Promise<void>
}

export interface ConnectOptions {
  readonly service: Service
  readonly artifacts: readonly Artifact[]
  /** The deployer's environment: credentials, and the values of secrets. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** The port that the user asks for, where the platform lets one choose. */
  readonly port?: number
}

export interface Connector {
  connect(options: ConnectOptions): Promise<Connection>
}
