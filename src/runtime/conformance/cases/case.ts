import type { CloudEvent, CorsRule, HttpContext, Signature } from '@anyfaas/runtime'

/** One request, one handler, and what the client sees on every platform. */
export interface Case {
  readonly name: string
  /** Its arguments are those of the signature; `context` where the case names none. */
  readonly handler: ((ctx: HttpContext) => unknown) | Special
  readonly request: Request
  readonly path?: string
  readonly methods?: readonly string[]
  readonly cors?: CorsRule
  readonly signature?: Signature
  readonly sees: Seen
}

/** A handler of another signature. */
export type Special =
  | { readonly fetch: (request: globalThis.Request, ctx: HttpContext) => unknown }
  | { readonly express: (req: never, res: never, next: () => void) => unknown }
  | { readonly cloudevent: (event: CloudEvent, ctx: HttpContext) => unknown }

export interface Request {
  readonly method?: string
  readonly url?: string
  readonly headers?: Readonly<Record<string, string>> | readonly (readonly [string, string])[]
  readonly body?: string | Uint8Array
}

export interface Seen {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly cookies?: readonly string[]
  /** A text is compared as it is, bytes as bytes, anything else as JSON. */
  readonly body?: unknown
}

/** What a platform cannot do as the others do. With neither status nor body nothing is said of the answer. */
export interface Exception extends Seen {
  readonly because: string
}

export const BINARY: Uint8Array<ArrayBuffer> = Uint8Array.from({ length: 256 }, (_, index) => index)
