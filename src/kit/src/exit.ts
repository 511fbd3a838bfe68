/** Exit statuses of the command line. */
export const EXIT = {
  done: 0,
  /** The operation failed. */
  failed: 1,
  /** The file or the usage is wrong. */
  usage: 2,
  /** `plan --exit-code` found changes. */
  changes: 3,
  /** Credentials or permissions. */
  credentials: 4,
  /** A confirmation is needed and nobody can give it. */
  confirm: 5,
  bug: 70,
  interrupted: 130,
} as const
