import { type Fn, LINUX_X64, type Machine } from '@anyfaas/kit'

/** What a platform's facts say of a function's code. */
export interface PlatformCode {
  machineOf(fn: Fn): Machine
  /** The file that the platform starts of a compiled program, where it is not the one that the handler names. */
  programOf(fn: Fn): string | undefined
}

export const USUAL_PLATFORM: PlatformCode = { machineOf: () => LINUX_X64, programOf: () => undefined }
