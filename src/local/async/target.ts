import type { SourceEvent } from '../sources/source.ts'
import type { AsyncSpec } from './retry-rule.ts'

/** A deployed function as asynchronous calls see it. */
export interface AsyncTarget {
  readonly service: string
  readonly stage: string
  readonly name: string
  /** Of the service that it is in. */
  readonly port: number
  readonly spec: AsyncSpec
  /** Whether the service answers HTTPS alone, with a certificate of its own. */
  readonly isSecure: boolean
  /** Calls at once that it takes. */
  readonly places: number
  /** Calls it with an event. Rejects with what came in between. */
  readonly take: (event: SourceEvent, id: string) => Promise<unknown>
  readonly tell: (text: string) => void
}
