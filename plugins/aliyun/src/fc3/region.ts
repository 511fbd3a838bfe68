import type { Service } from '@anyfaas/kit'
import { facts } from './facts.ts'

export function regionOf(service: Service): string {
  return service.provider.region ?? facts.defaultRegion
}
