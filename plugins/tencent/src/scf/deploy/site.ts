import { type Artifact, revealFor, type Service, type Tree } from '@anyfaas/kit'
import type { ScfClient } from './client.ts'
import type { CodeBucket } from './code-bucket.ts'

/** What the drivers of one connection share. */
export interface Site {
  readonly client: ScfClient
  readonly service: Service
  readonly artifacts: readonly Artifact[]
  /** Where code waits that no request takes. */
  readonly bucket: CodeBucket
  /** The value of a secret; undefined when the deployer's environment has none. */
  readonly secret: (name: string) => string | undefined
}

/** A spec with the values of its secrets. Throws SLS7006 for one that the deployer does not have. */
export function revealed(spec: Tree, id: string, { secret }: Site): Tree {
  return revealFor(id, spec, secret)
}
