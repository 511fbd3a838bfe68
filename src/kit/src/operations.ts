import type { Call } from './call.ts'

/** What a platform can do with what is deployed. What it has no way to do is missing, and said to be so. */
export interface Operations {
  invoke?(request: RemoteInvocation, call: Call): Promise<RemoteAnswer>
  metrics?(query: MetricsQuery, call: Call): Promise<readonly FunctionMetrics[]>
  /** Newest first. */
  versions?(fn: string, call: Call): Promise<readonly Version[]>
  /** Makes an unchangeable version of what is deployed now. What is already the newest version stays that. */
  publish?(fn: string, call: Call): Promise<Version>
  aliases?(fn: string, call: Call): Promise<readonly Alias[]>
  /** Creates the alias, or moves it. */
  setAlias?(alias: Alias, call: Call): Promise<void>
  removeAlias?(fn: string, name: string, call: Call): Promise<void>
  /** Who the credentials belong to, and what a deploy needs of them. */
  doctor?(call: Call): Promise<Examination>
}

export interface RemoteInvocation {
  readonly fn: string
  /** JSON or text, as it is sent. */
  readonly payload: string
  /** Asynchronous: accepted, and run later. */
  readonly isAsync: boolean
  /** A version or an alias. */
  readonly qualifier?: string
  /** The last lines of the call's log come with the answer. */
  readonly tail: boolean
}

export interface RemoteAnswer {
  readonly requestId?: string
  /** What the function returned; empty for an asynchronous call. */
  readonly payload: string
  /** The function's own failure, in its words. */
  readonly error?: { readonly type: string; readonly message: string; readonly stack?: string }
  readonly log?: string
  readonly durationMs?: number
  readonly billedMs?: number
  readonly memoryMb?: number
}

export interface MetricsQuery {
  readonly functions: readonly string[]
  /** Milliseconds since 1970, UTC. */
  readonly since: number
  readonly until: number
}

export interface FunctionMetrics {
  readonly function: string
  readonly calls: number
  readonly errors: number
  readonly throttles: number
  readonly averageMs?: number
  readonly maxMs?: number
}

export interface Version {
  readonly fn: string
  /** As the platform names it: `1`, `2`, … */
  readonly id: string
  /** Milliseconds since 1970, UTC. */
  readonly time?: number
  readonly digest?: string
  readonly description?: string
}

export interface Alias {
  readonly fn: string
  readonly name: string
  readonly version: string
  /** A second version, and the share of calls that it gets: above 0, below 1. */
  readonly canary?: { readonly version: string; readonly share: number }
}

/** What `sls doctor` found out. */
export interface Examination {
  readonly findings: readonly Finding[]
  /** The least rights that a deploy of this service needs, as a document to paste where the platform takes one. */
  readonly policy?: object
}

export interface Finding {
  readonly what: string
  readonly state: 'good' | 'doubtful' | 'bad'
  /** Never a secret. */
  readonly found: string
  readonly help?: string
}
