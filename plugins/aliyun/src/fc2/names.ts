import { deployedName, type Fn, type Service } from '@anyfaas/kit'
import { facts } from './facts.ts'

export function serviceName(service: Service): string {
  return deployedName([service.name, service.stage], facts.functionName)
}

export function functionName(fn: Fn): string {
  return deployedName([fn.name], facts.functionName)
}
