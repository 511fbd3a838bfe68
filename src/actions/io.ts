import type { Sources, Tell } from '@anyfaas/kit'

/** What an action may use of the world around it. Actions print nothing: they tell, return and throw. */
export interface ActionIo {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Absolute path that relative ones start from. */
  readonly cwd: string
  readonly tell: Tell
  /** Aborted when the user interrupts. */
  readonly signal: AbortSignal
  /** Asks the user; absent where nobody can answer (no terminal, CI). */
  readonly ask?: (question: Question) => Promise<string>
  /** Tells single keys that are typed, until the signal aborts; absent where `ask` is. */
  readonly listenForKeys?: (listener: (key: string) => void) => void
}

export interface Question {
  readonly message: string
  readonly choices: readonly Choice[]
  /** The value of the choice that Enter takes. */
  readonly default: string
}

export interface Choice {
  readonly value: string
  readonly label: string
}

export type { Sources }
