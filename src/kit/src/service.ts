import type { Pointer } from './diagnostic.ts'
import type { Trigger } from './trigger.ts'
import type { Value } from './value.ts'

/** A service file once all shorthand, variables, stages and defaults are gone. Deeply read-only; units are in the names. */
export interface Service {
  readonly name: string
  readonly description?: string
  readonly stage: string
  readonly provider: ProviderSettings
  /** What gets deployed, in the order of the file: functions, then aggregates. */
  readonly functions: readonly Fn[]
  /** Functions with `deploy: false`: they can be invoked and debugged, nothing more. */
  readonly undeployed: readonly Fn[]
  /** Runtime extensions by name. */
  readonly layers: Readonly<Record<string, RuntimeLayer>>
  readonly domain?: Domain | false
  readonly package: PackageOptions
  readonly plugins: readonly string[]
  /** Provider -> raw resources in that provider's own words. */
  readonly resources: Readonly<Record<string, unknown>>
  /** Provider -> partial raw spec, merged last. */
  readonly overrides: Readonly<Record<string, unknown>>
  readonly custom?: unknown
}

export interface ProviderSettings {
  /** The provider's canonical name; absent when the file names none. */
  readonly name?: string
  readonly edition?: string
  readonly region?: string
  readonly profile?: string
  readonly accountId?: string
  readonly endpoint?: string
}

export interface RuntimeLayer {
  readonly at: Pointer
  /** `npm:pkg@version`, `local:./dir` or `./dir`. */
  readonly path: string
}

export interface Domain {
  readonly at: Pointer
  readonly name: string
  readonly protocol?: 'HTTP' | 'HTTPS' | 'HTTP,HTTPS'
  readonly certificate?: Readonly<Record<string, Value>>
  /** Path -> function; absent means every http route of the service. */
  readonly routes?: Readonly<Record<string, string>>
}

export interface PackageOptions {
  /** Globs in order; a leading `!` excludes; later wins. */
  readonly patterns: readonly string[]
  readonly excludeDevDependencies: boolean
  /** Of packages of copied code, only the files that it requires. */
  readonly trace?: boolean
  readonly artifact?: string
  readonly individually: boolean
  readonly bundle?: boolean | BundleOptions
  readonly layer?: string
}

export interface BundleOptions {
  readonly minify?: boolean
  readonly external?: readonly string[]
  readonly format?: 'cjs' | 'esm'
  readonly sourcemap?: boolean
}

/** One deployable function: a plain one, or an aggregate of several. */
export interface Fn {
  readonly name: string
  readonly at: Pointer
  readonly description?: string
  /** A canonical runtime (`nodejs`, `nodejs20`, `python3.12`, `custom`, …) or the platform's own id. */
  readonly runtime: string
  readonly code: FnCode
  readonly timeoutSec: number
  readonly memoryMb: number
  readonly cpu?: number
  readonly diskMb?: number
  readonly initTimeoutSec?: number
  readonly environment: Readonly<Record<string, Value>>
  readonly role?: string
  readonly vpc?: Vpc
  /** `false` turns the platform's log collection off. */
  readonly logs?: Logs | false
  readonly tags: Readonly<Record<string, string>>
  /** Names of runtime extensions of this service. */
  readonly layers: readonly string[]
  /** The platform's own layers, by its own ids. */
  readonly cloudLayers: readonly string[]
  readonly concurrency?: Concurrency
  readonly async?: Async
  /** Names of platform secrets that the function can read. */
  readonly secrets: readonly string[]
  /** Ask for a function URL beside (or instead of) routes. */
  readonly url?: boolean
  readonly triggers: readonly Trigger[]
  readonly outputs: readonly Output[]
  readonly package?: Partial<PackageOptions>
  /** Provider -> partial raw spec of this function, merged last. */
  readonly overrides: Readonly<Record<string, unknown>>
}

export type Signature = 'context' | 'fetch' | 'express' | 'cloudevent' | 'raw'

export type FnCode = HandlerCode | AggregateCode | AppCode | CustomCode | ContainerCode

export interface HandlerCode {
  readonly kind: 'handler'
  /** As in the file: `file.export`, `dir/file.export`, or the language's own form. */
  readonly handler: string
  readonly initializer?: string
  readonly signature: Signature
  /** The framework that finds the handler in its own classes by this name; absent when a file exports it. */
  readonly framework?: FrameworkCode
}

/** The classes of a framework. */
export interface FrameworkCode {
  readonly name: 'midway'
  readonly major: number
  /** The folder of the sources, relative to the service folder. */
  readonly sources: string
}

export interface AggregateCode {
  readonly kind: 'aggregate'
  readonly members: readonly Fn[]
}

/** A whole web application as one function. */
export interface AppCode {
  readonly kind: 'app'
  readonly framework: 'express' | 'koa' | 'egg' | 'fastify' | 'hono' | 'nest' | 'static'
  readonly entry?: string
  readonly options: Readonly<Record<string, unknown>>
}

/** An HTTP server of any language behind a command. */
export interface CustomCode {
  readonly kind: 'custom'
  /** The module to bundle as the server's main file, when it is TypeScript or an ES module. */
  readonly source?: string
  readonly command: readonly string[]
  readonly args: readonly string[]
  readonly port: number
  readonly healthCheck?: HealthCheck
}

export interface ContainerCode {
  readonly kind: 'container'
  /** The module to bundle as the server's main file, when the image is made of the service's files. */
  readonly source?: string
  /** The image to run; with `build`, what the built one is called in its registry. */
  readonly image?: string
  readonly build?: string | Readonly<Record<string, unknown>>
  readonly command?: readonly string[]
  readonly args?: readonly string[]
  readonly port: number
  readonly healthCheck?: HealthCheck
}

export interface HealthCheck {
  readonly path: string
  readonly intervalSec?: number
  readonly timeoutSec?: number
  readonly initialDelaySec?: number
  readonly failureThreshold?: number
  readonly successThreshold?: number
}

export interface Vpc {
  readonly id: string
  readonly subnets: readonly string[]
  readonly securityGroups: readonly string[]
}

export interface Logs {
  readonly project?: string
  readonly store?: string
}

export interface Concurrency {
  readonly instance?: number
  readonly reserved?: number
  readonly min?: number
  readonly max?: number
  readonly factor?: number
  readonly target?: number
}

export interface Async {
  readonly retries?: number
  readonly maxAgeSec?: number
  readonly onSuccess?: string
  readonly onFailure?: string
  readonly callback?: Value
}

export interface Output {
  readonly at: Pointer
  readonly name: string
  readonly kind: 'mq' | 'queue' | 'kafka' | 'mqtt' | 'http' | 'dapr'
  readonly options: Readonly<Record<string, unknown>>
}

/** The functions that run inside a deployed one: its members for an aggregate, else itself. */
export function membersOf(fn: Fn): readonly Fn[] {
  return fn.code.kind === 'aggregate' ? fn.code.members : [fn]
}
