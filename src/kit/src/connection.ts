import type { Artifact } from './artifact.ts'
import type { Call } from './call.ts'
import type { Driver } from './driver.ts'
import type { Examination, Operations } from './operations.ts'
import type { Asking } from './patience.ts'
import type { Resource } from './resource.ts'
import type { Service } from './service.ts'

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
  /** Where others reach what by itself only this machine does. */
  readonly open?: Opened
  readonly functions: readonly DeployedFunction[]
}

export interface Opened {
  readonly urls: readonly string[]
  /** The file with the token that every request has to bring. */
  readonly tokenFile: string
}

/** A live connection to one platform for one service and stage. */
export interface Connection {
  /** In the order in which things are made: what is listed later may refer to what is listed earlier. */
  readonly drivers: readonly Driver[]
  /** The most steps that run at a time; the engine's own default when missing. */
  readonly width?: number
  /** What is done with what is deployed, as far as this platform can. */
  readonly operations?: Operations
  /**
   * What the drivers move, of the resources that the spec file names. Absent where the platform's API speaks the words of
   * its spec. Pure.
   */
  expand?(resources: readonly Resource[]): readonly Resource[]
  /** Keeps a second deploy of this service and stage out until released. Throws SLS5004 when somebody else holds it. */
  lock?(call: Call): Promise<() => Promise<void>>
  info(call: Call): Promise<Deployment | undefined>
  logs(query: LogQuery, call: Call): AsyncIterable<LogLine>
  close(): Promise<void>
}

export interface ConnectOptions extends Asking {
  readonly service: Service
  readonly artifacts: readonly Artifact[]
  /** The deployer's environment: credentials, and the values of secrets. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** The port that the user asks for, where the platform lets one choose. */
  readonly port?: number
  /** An alias that is moved after this deploy by a share of its calls, so the deploy leaves it where it leads. */
  readonly heldAlias?: string
  /** Where the service shall be open to others than this machine, as `HOST` or `HOST:PORT`, where the platform lets one choose. */
  readonly host?: string
}

/** A connection that began while the artifacts are made. */
export interface Begun {
  /** Tells what was refused since it began, too. */
  connect(options: ConnectOptions): Promise<Connection>
  /** Where it comes to no connection. */
  close(): Promise<void>
}

export interface Connector {
  connect(options: ConnectOptions): Promise<Connection>
  /** Starts reading what a plan reads of the service whatever its artifacts are, so that the platform answers while they are made. */
  begin?(options: Omit<ConnectOptions, 'artifacts'>, call: Call): Begun
  /** What `sls doctor` can say to those whose credentials are missing: where a deploy goes, the clock, the rights to ask for. */
  beforehand?(options: ConnectOptions, call: Call): Promise<Examination>
}
