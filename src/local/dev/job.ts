import type { LaunchedCode } from '../once/once-wire.ts'

/** What the entry file of a function in development is made of. */
export interface DevJob {
  readonly launch: LaunchedCode
  /** Absolute path of the emulator of the platform whose events the function shall see; the local platform's own when missing. */
  readonly emulator?: string
  /** The inspector's port. */
  readonly debugPort?: number
  readonly region: string
}
