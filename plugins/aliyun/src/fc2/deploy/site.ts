import { type Artifact, revealFor, type Service, type Tree } from '@anyfaas/kit'
import type { Fc2Client } from './client.ts'

/** What the drivers of one connection share. */
export interface Site {
  readonly client: Fc2Client
  readonly service: Service
  /** The platform's service that all functions stand in. */
  readonly serviceName: string
  readonly artifacts: readonly Artifact[]
  /** The value of a secret; undefined when the deployer's environment has none. */
  readonly secret: (name: string) => string | undefined
}

/** A spec with the values of its secrets. Throws SLS7006 for one that the deployer does not have. */
export function revealed(spec: Tree, id: string, { secret }: Site): Tree {
  return revealFor(id, spec, secret)
}
