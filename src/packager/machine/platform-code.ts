import { type Fn, LINUX_X64, type Machine } from '@anyfaas/kit'

/** What a platform's facts say of a function's code. */
export interface PlatformCode {
  machineOf(fn: Fn): Machine
  /** The file that the platform starts, where it is not the one that the handler or the command names. */
  programOf(fn: Fn): string | undefined
  /** Whether source maps hold the sources themselves; they name them only when missing. */
  readonly withSources?: boolean
  /** The folders in which the platform keeps interpreters outside of its PATH. */
  pathOf?(fn: Fn): readonly string[]
}

export const USUAL_PLATFORM: PlatformCode = { machineOf: () => LINUX_X64, programOf: () => undefined }
