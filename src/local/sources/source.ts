import type { LogLine } from '@anyfaas/kit'
import type { LocalTriggerEvent } from '../runtime/protocol.ts'

/** What happened outside of the platform, before it has an id and a trigger. */
export interface Happening {
  readonly data: unknown
  /** Of the same happening told twice; a new one when absent. */
  readonly id?: string
}

/** An event of a trigger on its way to a function. */
export type SourceEvent = Omit<LocalTriggerEvent, 'id'>

export interface SourceContext {
  /** The same at every start, and no other trigger's anywhere. */
  readonly identity: string
  /** The same on every platform that has this service. */
  readonly shared: string
  /** Where a source keeps what it has to know at the next start. */
  readonly memory: string
  /** The folder of buckets that are named and not given as a folder. */
  readonly buckets: string
  /** Hears what the functions of the service print, until the returned function is called. */
  readonly hear: (listener: (line: LogLine) => void) => () => void
  /** Resolves when the event cannot be lost any more; rejects when nobody has it. */
  readonly take: (happening: Happening) => Promise<void>
  /** Resolves when the event of this id has succeeded or was given up, as far as this platform is to know. */
  readonly ended: (id: string) => Promise<void>
  readonly tell: (text: string) => void
}

/** A trigger that listens to something outside of the platform. */
export interface Source {
  /** With `forget`, whatever waits for it elsewhere may go: it does not come back. */
  stop(options: { readonly forget: boolean }): Promise<void>
}
