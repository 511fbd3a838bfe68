import type { CorsRule, HttpContext, Signature } from '../../../src/runtime/src/index.ts'
import type { Request } from '../platforms.ts'

/** One request, one handler, and what the client sees on every platform. */
export interface Case {
  readonly name: string
  readonly handler: (ctx: HttpContext) => unknown
  readonly request: Request
  readonly path?: string
  readonly methods?: readonly string[]
  readonly cors?: CorsRule
  readonly signature?: Signature
  readonly sees: Seen
  /** A platform's name -> what differs there, and why. */
  readonly except?: Readonly<Record<string, Seen & { readonly because: string }>>
}

export interface Seen {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly cookies?: readonly string[]
  /** A text is compared as it is, bytes as bytes, anything else as JSON. */
  readonly body?: unknown
}

export const BINARY = Uint8Array.from({ length: 256 }, (_, index) => index)
