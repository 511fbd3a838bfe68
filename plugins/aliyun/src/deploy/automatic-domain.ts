import { error, type Resource, SlsError } from '@anyfaas/kit'

/** SLS3001 for the domain `auto`, which the vendor's tools ask a service of theirs for. */
export function automaticDomain({ at }: Resource): SlsError {
  return new SlsError(
    error('SLS3001', 'a domain by the name of "auto" is made by the vendor\'s tools only', {
      ...(at !== undefined && { pointer: at }),
      help: ['name a domain that is yours', 'or leave it out: an HTTP trigger has an address of its own'],
    }),
  )
}
