import type { CallInfo, HealthCheck, LogLine, PlatformCall } from '@anyfaas/kit'
import type { Timing } from './once-wire.ts'

/** A server that runs from where it lies. */
export interface LaunchedServer {
  /** The command and its arguments. */
  readonly command: readonly string[]
  readonly cwd: string
  readonly healthCheck?: HealthCheck
}

export interface DebuggerAddress {
  /** `ws://127.0.0.1:9229/…` */
  readonly url: string
  /** Opens the inspector of Chrome on it. */
  readonly devtools: string
}

export interface CallOptions {
  /** The platform's emulator bundle. */
  readonly emulator: URL
  readonly call: PlatformCall
  readonly info: CallInfo
  /** The function's variables. Its process sees nothing else of the caller's environment. */
  readonly environment: Readonly<Record<string, string>>
  /** The call waits for a debugger and pauses one step before the handler. The function's timeout does not count then. */
  /** Told what the call took; then it is measured, and made so many more times in the process that is warm then. */
  readonly measure?: { readonly warmCalls: number; readonly onTiming: (timing: Timing) => void }
  readonly debug?: { readonly port: number; readonly onListening: (address: DebuggerAddress) => void }
  readonly signal: AbortSignal
  readonly onLog: (line: LogLine) => void
}
