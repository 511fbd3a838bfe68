import type { Answer, CallInfo, PlatformCall } from '@anyfaas/kit'
import type { Manifest } from '@anyfaas/runtime'
import type { WireError } from './wire.ts'

/** A function that runs from where it lies: see `Launch` of the packager, which makes these. */
export interface LaunchedCode {
  /** Absolute path of the platform's runtime bundle; its `start` makes the entry. */
  readonly runtime: string
  readonly manifest: Manifest
  /** Member -> absolute paths of the modules to import. */
  readonly modules: Readonly<Record<string, { readonly handler: string; readonly initializer?: string }>>
  /** The service folder: the working directory of the process. */
  readonly cwd: string
}

/** The first and only message to a process that makes one call. Sent with the `advanced` serialization: bytes stay bytes. */
export interface OnceMessage {
  readonly kind: 'once'
  readonly launch: LaunchedCode
  /** Absolute path of the platform's emulator bundle. */
  readonly emulator: string
  readonly call: PlatformCall
  readonly info: CallInfo
  /** The inspector's port, when a debugger shall attach before the call. */
  readonly debugPort?: number
}

export type FromOnce =
  /** `error` is what the handler threw, when the runtime made a failed answer of it. */
  | { readonly kind: 'answer'; readonly answer: Answer; readonly error?: WireError }
  | { readonly kind: 'threw'; readonly error: WireError }
  /** Nothing is left to do in the process and no answer was given. */
  | { readonly kind: 'idle' }
