import { revealFor, type Tree } from '@anyfaas/kit'

/** Who knows the values of secrets. */
export interface Secrets {
  /** Undefined when the deployer's environment has none of that name. */
  readonly secret: (name: string) => string | undefined
}

/** A spec with the values of its secrets. Throws SLS7006 for one that the deployer does not have. */
export function revealed(spec: Tree, id: string, { secret }: Secrets): Tree {
  return revealFor(id, spec, secret)
}
