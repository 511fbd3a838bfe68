import type { CallInfo, Fn } from '@anyfaas/kit'
import type { Platform } from './project.ts'

/** What a platform tells a function of a call that begins now. */
export function callInfo({ service, target }: Platform, fn: Fn): CallInfo {
  return {
    service: service.name,
    function: fn.name,
    stage: service.stage,
    requestId: requestId(),
    time: Date.now(),
    timeoutSec: fn.timeoutSec,
    memoryMb: fn.memoryMb,
    region: service.provider.region ?? target.facts.defaultRegion,
  }
}

// Tells calls apart in a log, and guards nothing: the module that makes better ones costs more than the call.
function requestId(): string {
  return [8, 4, 4, 4, 12].map((digits) => hex(digits)).join('-')
}

function hex(digits: number): string {
  return Array.from({ length: digits }, () => Math.floor(Math.random() * 16).toString(16)).join('')
}
