import type { Style } from './style.ts'

/** A stream of the screen or of a file. */
export interface Output {
  readonly isTerminal: boolean
  readonly columns: number
  write(text: string | Uint8Array): void
}

/** A stream and how it wants its text. */
export interface Screen {
  readonly output: Output
  readonly style: Style
}
