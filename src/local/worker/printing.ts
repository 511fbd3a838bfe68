import type { Writable } from 'node:stream'

interface Blockable extends Writable {
  readonly _handle?: { readonly setBlocking?: (isBlocking: boolean) => number }
}

/**
 * Has what is printed wait until it is taken, as Node.js has it of pipes: the streams of a process that another one started are sockets, and
 * what a busy loop prints would be kept in memory until there is none. Streams that nobody uses are not made.
 */
export function printInStep(): void {
  for (const name of ['stdout', 'stderr'] as const) {
    const own = Object.getOwnPropertyDescriptor(process, name)
    const make = own?.get
    if (!make) continue
    Object.defineProperty(process, name, {
      ...own,
      get: () => {
        const stream = make.call(process) as Blockable
        Object.defineProperty(process, name, own)
        stream._handle?.setBlocking?.(true)
        return stream
      },
    })
  }
}
