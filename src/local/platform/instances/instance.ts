import type { LogLine } from '@anyfaas/kit'
import type { LocalTriggerEvent } from '../../runtime/protocol.ts'
import type { FunctionSpec } from '../../spec.ts'
import type { CallTerms } from '../../wire/wire.ts'
import type { Exit } from './child.ts'
import type { Exchange, Upgrade } from './exchange.ts'
import type { Warden } from './warden.ts'
import type { WarmWorkers } from './warm-workers.ts'

/** One running process of a function. Calls reject with a `CallFailure`. */
export interface Instance {
  /** Resolves when it can be called; rejects with an `init` failure. */
  readonly ready: Promise<void>
  /** Resolves when the process has gone. */
  readonly exited: Promise<Exit>
  readonly pid: number | undefined
  /** False once it takes no more calls. */
  readonly isOpen: boolean
  /** Resolves when the response is complete or the client has gone. */
  http(exchange: Exchange, terms: CallTerms): Promise<void>
  event(event: LocalTriggerEvent, terms: CallTerms): Promise<unknown>
  /** Passes a connection that changes its protocol on; resolves when it is closed. */
  upgrade(upgrade: Upgrade): Promise<void>
  /** Closes the connections that changed their protocol: they end by nothing else. */
  hangUp(): void
  /** Asks for a sign of life; how long, in ms, the last question has been unanswered. */
  probe(): number
  /** Ends the process. Calls that still run fail. */
  end(): Promise<void>
}

/** What a function's process is started with. */
export interface LaunchOptions {
  readonly spec: FunctionSpec
  readonly service: string
  readonly stage: string
  /** The unpacked artifact. */
  readonly folder: string
  /** The whole environment of the process. */
  readonly environment: Readonly<Record<string, string>>
  /** Absolute path of the worker bundle. */
  readonly worker: string
  /** Processes that wait for code; every one starts anew when missing. */
  readonly workers?: WarmWorkers
  readonly warden: Warden
  /** Seconds until it has to be ready. */
  readonly initSec: number
  readonly tell: (line: Pick<LogLine, 'stream' | 'text' | 'requestId'>) => void
}
