/** What the code of a function runs on, in Node.js' words. */
export interface Machine {
  /** As `process.platform`. */
  readonly os: string
  /** As `process.arch`. */
  readonly arch: string
  /** Which C library programs find on Linux; absent when nobody knows. */
  readonly libc?: 'glibc' | 'musl'
  /** Its version, such as `2.34`, where the platform says it. */
  readonly libcVersion?: string
}

/** What clouds run functions on unless they say otherwise. */
export const LINUX_X64: Machine = { os: 'linux', arch: 'x64', libc: 'glibc' }
