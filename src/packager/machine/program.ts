/** What a file of machine code asks for. */
export interface Program {
  /** As `process.platform`. */
  readonly os: string
  /** As `process.arch`; a file of macOS can hold code for several. */
  readonly archs: readonly string[]
  readonly libc?: 'glibc' | 'musl'
  /** The oldest version of the C library that has what it needs, such as `2.34`. */
  readonly libcVersion?: string
}
