import type { Manifest } from '@anyfaas/runtime'

/**
 * A function made ready to run from where it lies, without a zip: plain JavaScript by its own files,
 * TypeScript by bundles in the service's `.sls` folder. Plain JSON: it is sent to a worker process.
 */
export interface Launch {
  /** Absolute path of the platform's runtime bundle; its `start` makes the entry. */
  readonly runtime: string
  readonly manifest: Manifest
  /** Member -> absolute paths of the modules to import. */
  readonly modules: Readonly<Record<string, LaunchModules>>
  /** The service folder: the working directory of the process. */
  readonly cwd: string
}

export interface LaunchModules {
  readonly handler: string
  readonly initializer?: string
}
