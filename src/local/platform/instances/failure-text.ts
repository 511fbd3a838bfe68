import { error, isSlsError, SlsError } from '@anyfaas/kit'

/** What went wrong in one line. */
export function whyOf(failure: unknown): string {
  if (isSlsError(failure)) return failure.diagnostics.map(({ message }) => message).join('; ')
  return failure instanceof Error ? failure.message : String(failure)
}

/** The same error with every text passed through `hide`. */
export function hideIn(failure: unknown, hide: (text: string) => string): unknown {
  if (!isSlsError(failure)) return failure
  return new SlsError(
    failure.diagnostics.map(({ code, message, notes = [], ...rest }) =>
      error(code, hide(message), { ...rest, notes: notes.map((note) => ({ ...note, message: hide(note.message) })) }),
    ),
  )
}
