/** What a call to a platform may use besides its arguments. */
export interface Call {
  readonly signal: AbortSignal
  /** Says something about the running step, for the screen. Never a secret. */
  note(text: string): void
}
