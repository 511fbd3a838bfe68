import type { Answer, CallInfo, PlatformCall } from '@anyfaas/kit'
import type { Manifest } from '@anyfaas/runtime'
import type { WireError } from '../wire/wire.ts'

/** A function that runs from where it lies: see `Launch` of the packager, which makes these. */
export interface LaunchedCode {
  /** Absolute path of the platform's runtime bundle; its `start` makes the entry. */
  readonly runtime: string
  readonly manifest: Manifest
  /** Member -> absolute paths of the modules to import. */
  readonly modules: Readonly<Record<string, LaunchedModules>>
  /** The service folder: the working directory of the process. */
  readonly cwd: string
}

export interface LaunchedModules {
  readonly handler: string
  readonly initializer?: string
  /** Runtime extensions, in their order. */
  readonly layers?: readonly { readonly name: string; readonly module: string }[]
}

/**
 * What a process that makes one call reads from its stdin. It answers on the descriptor `RESULT_FD`. The body of the
 * request, and that of the answer, are the bytes of their frames.
 */
export interface OnceJob {
  readonly launch: LaunchedCode
  /** Absolute path of the platform's emulator bundle. */
  readonly emulator: string
  readonly call: PlatformCall
  readonly info: CallInfo
  /** The inspector's port, when a debugger shall attach before the call. */
  readonly debugPort?: number
  /** Measure the call, and after it so many more of the same in the process that is warm then. */
  readonly warmCalls?: number
}

/** A part of a call. */
export interface Mark {
  readonly name: string
  /** Since the process started. */
  readonly startMs: number
  readonly durationMs: number
}

/** What a call took. */
export interface Timing {
  /** In the order in which they ended. */
  readonly marks: readonly Mark[]
  /** From the start of the process to the first answer. */
  readonly coldMs: number
  /** The calls after it, in their order; empty when none were asked for. */
  readonly warmMs: readonly number[]
  /** The most that the process held, of which Node.js itself is about 40 MB. */
  readonly memoryMb: number
  /** Of that the heap of JavaScript, at the end. */
  readonly heapMb: number
}

export type OnceResult =
  /** `error` is what the handler threw, when the runtime made a failed answer of it. */
  | { readonly kind: 'answer'; readonly answer: Answer; readonly error?: WireError; readonly timing?: Timing }
  | { readonly kind: 'threw'; readonly error: WireError }
  /** Nothing is left to do in the process and no answer was given. */
  | { readonly kind: 'idle' }

/** A pipe of its own: the channel of `fork` would load modules for which a single call has no use. */
export const RESULT_FD = 3

/** One value in JSON, and the bytes that belong to it: two lengths (32 bits), the text, the bytes. */
export interface Frame {
  readonly value: unknown
  readonly bytes: Uint8Array
}

export function packFrame({ value, bytes }: Frame): Uint8Array[] {
  const text = Buffer.from(JSON.stringify(value))
  const head = Buffer.alloc(HEAD_BYTES)
  head.writeUInt32LE(text.length, 0)
  head.writeUInt32LE(bytes.length, 4)
  return [head, text, bytes]
}

/** Puts a frame together that arrives in pieces. */
export class FrameReader {
  readonly #chunks: Buffer[] = []
  #bytes = 0
  #needed = HEAD_BYTES

  add(chunk: Buffer): Frame | undefined {
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
    if (this.#bytes < this.#needed) return undefined
    const frame = Buffer.concat(this.#chunks.splice(0))
    this.#chunks.push(frame)
    const end = HEAD_BYTES + frame.readUInt32LE(0)
    this.#needed = end + frame.readUInt32LE(4)
    if (this.#bytes < this.#needed) return undefined
    return { value: JSON.parse(frame.toString('utf8', HEAD_BYTES, end)), bytes: frame.subarray(end, this.#needed) }
  }
}

const HEAD_BYTES = 8
