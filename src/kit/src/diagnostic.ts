import { type Code, codes } from './codes.ts'
import { EXIT } from './exit.ts'

/** A JSON pointer (RFC 6901) into the canonical service file, such as `/functions/login/timeout`. */
export type Pointer = string

/** A half-open range of UTF-16 offsets in a source file. Line and column are computed when it is drawn. */
export interface Span {
  readonly file: string
  readonly start: number
  readonly end: number
}

/** The text of a file that spans point into; undefined when it is not at hand. */
export type Sources = (file: string) => string | undefined

export type Severity = 'error' | 'warning' | 'note'

/**
 * Where a diagnostic belongs: a span when the text is at hand, else a pointer that the
 * loaded file turns into a span later. `on` picks the key or the value at that pointer.
 */
export interface Place {
  readonly at?: Span
  readonly pointer?: Pointer
  readonly on?: 'key' | 'value'
}

export interface Note extends Place {
  readonly message: string
}

/** One mistake, warning or note. The message is lower case, has no full stop and quotes the user's own word. */
export interface Diagnostic extends Place {
  readonly code: Code
  readonly severity: Severity
  readonly message: string
  /** A few words under the underlined text. */
  readonly label?: string
  /** The reason alone, where the message also says who and what: for tables that say these themselves. */
  readonly reason?: string
  /** On a note: the platform has no word for it, and it is built from others. */
  readonly emulated?: true
  readonly notes?: readonly Note[]
  /** What to do, most likely first. */
  readonly help?: readonly string[]
}

type Rest = Omit<Diagnostic, 'code' | 'severity' | 'message'>

export function error(code: Code, message: string, rest: Rest = {}): Diagnostic {
  return { code, severity: 'error', message, ...rest }
}

export function warning(code: Code, message: string, rest: Rest = {}): Diagnostic {
  return { code, severity: 'warning', message, ...rest }
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((d) => d.severity === 'error')
}

const BRAND = Symbol.for('anyfaas.SlsError')

/** The only error that is thrown on purpose. It carries diagnostics; everything else is a bug. */
export class SlsError extends Error {
  readonly diagnostics: readonly Diagnostic[]
  /** For the code frames of its diagnostics. */
  readonly sources?: Sources

  constructor(diagnostics: Diagnostic | readonly Diagnostic[], options?: { cause?: unknown; sources?: Sources }) {
    const list = Array.isArray(diagnostics) ? (diagnostics as readonly Diagnostic[]) : [diagnostics as Diagnostic]
    super(list.map((d) => `${d.code}: ${d.message}`).join('\n'), options)
    this.name = 'SlsError'
    this.diagnostics = list
    if (options?.sources) this.sources = options.sources
    Object.defineProperty(this, BRAND, { value: true })
  }
}

/** True for an SlsError of any copy of this package (a plugin may bring its own). */
export function isSlsError(value: unknown): value is SlsError {
  return typeof value === 'object' && value !== null && BRAND in value
}

/** Throws when one of the diagnostics is an error; all of them travel in it. */
export function throwOnErrors(diagnostics: readonly Diagnostic[]): void {
  if (hasErrors(diagnostics)) throw new SlsError(diagnostics)
}

export function exitCodeOf(diagnostics: readonly Diagnostic[]): number {
  const first = diagnostics.find((d) => d.severity === 'error')
  return first ? codes[first.code].exit : EXIT.done
}
