/**
 * What the generated entry tells the runtime: which functions live in this artifact and how they are
 * reached. Plain JSON; it holds names of environment variables and never their values.
 */
export interface Manifest {
  readonly service: string
  readonly stage: string
  /** The provider's canonical name. */
  readonly provider: string
  /** The deployed function; an aggregate's name, or the only member's. */
  readonly function: string
  readonly members: readonly Member[]
  /** Answers of the function's own address go out in pieces, on platforms that have to be asked for that. */
  readonly streaming?: true
}

export type Signature = 'context' | 'fetch' | 'express' | 'cloudevent' | 'raw'

/** One function of the file. A plain deployed function has one member, an aggregate several. */
export interface Member {
  readonly name: string
  /** The export that is the handler; dots reach into objects: `api.detail`. */
  readonly handler: string
  /** The handler's file as the service file names it; for messages only. */
  readonly file?: string
  /** The export that initializes, in the module of the loader `initializer`. */
  readonly initializer?: string
  readonly signature: Signature
  readonly routes: readonly Route[]
  readonly triggers: readonly TriggerName[]
  /** The names of what `ctx.send` sends to. */
  readonly outputs?: readonly string[]
  readonly timeoutSec: number
  readonly initTimeoutSec?: number
  /** Variables that another member sets otherwise: the member's own name -> its name on the platform. */
  readonly environment?: Readonly<Record<string, string>>
}

export interface Route {
  /** Canonical: `/a/:id`, or with a last segment `/*`. */
  readonly path: string
  /** Upper case; empty means every method. */
  readonly methods: readonly string[]
  readonly cors?: CorsRule
}

export interface CorsRule {
  readonly origins: readonly string[]
  readonly methods?: readonly string[]
  readonly headers?: readonly string[]
  readonly exposeHeaders?: readonly string[]
  readonly maxAgeSec?: number
  readonly credentials?: boolean
}

/** By this identity the event of a trigger finds its member. */
export interface TriggerName {
  readonly kind: string
  /** The deployed name of the trigger. */
  readonly name: string
  /** What it listens to: the bucket, topic, queue, table or stream, as the service file names it. */
  readonly source?: string
}

/** Opens the user's modules, lazily: a member that cannot be loaded fails alone. */
export interface Loader {
  readonly handler: () => Promise<unknown>
  /** Absent when the initializer stands in the handler's module. */
  readonly initializer?: () => Promise<unknown>
  /** Runtime extensions, in their order. */
  readonly layers?: readonly LayerLoader[]
}

export interface LayerLoader {
  /** In the service file. */
  readonly name: string
  readonly open: () => Promise<unknown>
}

/** Member name -> its loader. */
export type Loaders = Readonly<Record<string, Loader>>

/** What the generated entry tells the host of a whole web application. Plain JSON. */
export interface HostedApp {
  readonly framework: string
  /** The folder of a static site, or of an application that is found by its folder; relative to the artifact's root. */
  readonly folder?: string
  /** How long the application may take until it listens, in seconds. */
  readonly startSec: number
  /** Of a static site. */
  readonly site?: SiteOptions
}

export interface SiteOptions {
  /** Path that the site stands under, such as `/docs`. */
  readonly prefix?: string
  /** The page of the status 404, in the folder; `404.html` when it is there. */
  readonly notFound?: string
  /** Answered with 200 for every path that is no file: the page of a client-side router. */
  readonly fallback?: string
  /** How long browsers may keep a file without asking, in seconds; 0 by default. */
  readonly maxAge?: number
}

export function hasLayers(loaders: Loaders): boolean {
  return Object.values(loaders).some(({ layers = [] }) => layers.length > 0)
}

/** What a platform's half of the runtime exports as `start`; the entry file re-exports the result. */
export type Start = (manifest: Manifest, loaders: Loaders) => Readonly<Record<string, (...args: never[]) => unknown>>
