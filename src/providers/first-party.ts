/** A provider of our own, known by name before its package is loaded. */
export interface FirstParty {
  readonly name: string
  readonly package: string
  readonly aliases: readonly string[]
  readonly title: string
}
