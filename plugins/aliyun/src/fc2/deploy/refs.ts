import { isRef } from '@anyfaas/kit'

/** The platform's service, for what stands in it. */
export const SERVICE = { $ref: 'service', field: 'serviceName' } as const

/** A function's name in what refers to it, in the words of the API. */
export function named(ref: unknown): unknown {
  return isRef(ref) ? { ...ref, field: 'functionName' } : ref
}
