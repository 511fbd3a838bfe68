// The package brings no types; this is what the platform uses of it.
declare module 'yauzl' {
  import type { Readable } from 'node:stream'

  export interface Entry {
    readonly fileName: string
    readonly externalFileAttributes: number
    readonly uncompressedSize: number
  }

  export interface ZipFile {
    readonly entryCount: number
    eachEntry(): AsyncIterable<Entry>
    openReadStreamPromise(entry: Entry): Promise<Readable>
    close(): void
  }

  export function openPromise(path: string, options?: { readonly autoClose?: boolean }): Promise<ZipFile>
}
