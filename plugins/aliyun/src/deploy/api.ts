import type { Call, Tree } from '@anyfaas/kit'
import type { Headers } from '../account/sdk.ts'

/** A call of Function Compute, in either edition. */
export interface ApiRequest {
  /** The platform's name of the call, such as `CreateFunction`: calls are paced by it. */
  readonly action: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Below the version, such as `/functions/a`. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: object
  readonly headers?: Headers
  /** What a refusal is about, such as `function/login`. */
  readonly about: string
}

/** A call of a function: bytes in both directions. It is sent once, whatever its method. */
export interface InvokeRequest extends Omit<ApiRequest, 'body'> {
  readonly bytes: Buffer
  /** How long the answer is awaited, in milliseconds. */
  readonly answerMs: number
}

/** Function Compute, in either edition: paced, refusals made readable. */
export interface Api {
  /** Does one call; the answer's body. */
  call(request: ApiRequest, call: Pick<Call, 'signal'>): Promise<Tree>
  /** All items of a list. `field` is where the answers hold them. */
  list(request: Omit<ApiRequest, 'method' | 'body'>, field: string, call: Pick<Call, 'signal'>): Promise<Tree[]>
}
