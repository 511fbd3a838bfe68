import type { Output } from '../ui/output.ts'
import type { Environment } from '../ui/style.ts'

/** What the command line has of its process. */
export interface World {
  readonly env: Environment
  readonly cwd: string
  /** As in `process.platform`. */
  readonly platform: string
  readonly out: Output
  readonly err: Output
  /** The keyboard, or undefined where nobody sits. */
  keyboard(): NodeJS.ReadableStream | undefined
  /** Does what Ctrl-C does; a terminal that gives single keys gives that one too. */
  interrupt(): void
  /** Ctrl-C, or a polite end from outside; and when nobody reads stdout any more. */
  onInterrupt(listener: (why: 'asked' | 'unread') => void): void
  /** An error that nobody caught. */
  onCrash(listener: (error: unknown) => void): void
  /** Ends the process at once. */
  end(status: number): never
}
