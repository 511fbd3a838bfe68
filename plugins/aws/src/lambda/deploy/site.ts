import { type Artifact, revealFor, type Service, type SlsError, type Tree } from '@anyfaas/kit'
import type { Api } from '../../account/api.ts'

/** What reads of a service's things need. */
export interface Reach {
  readonly api: Api
  readonly service: Service
}

/** What the drivers of one connection share. */
export interface Site extends Reach {
  readonly artifacts: readonly Artifact[]
  /** Function -> the seal of its code. */
  readonly seals: Readonly<Record<string, string>>
  /** Where and whose the service is. */
  readonly place: Place
  /** Why nobody knows whose it is: the credentials were refused, or it was not the platform that answered, if anybody. */
  readonly refused?: SlsError
  /** The value of a secret; undefined when the deployer's environment has none. */
  readonly secret: (name: string) => string | undefined
  /** An alias that something else moves. */
  readonly heldAlias: string | undefined
}

export interface Place {
  readonly region: string
  /** Its number; `*` where nobody knows it. */
  readonly account: string
  readonly partition: string
}

/** A spec with the values of its secrets. Throws SLS7006 for one that the deployer does not have. */
export function revealed(spec: Tree, id: string, { secret }: Site): Tree {
  return revealFor(id, spec, secret)
}
