import { fstatSync, statSync, writeSync } from 'node:fs'
import type { Output } from '../ui/output.ts'
import type { World } from './world.ts'

/** This process. */
export function openProcessWorld(): World & {
  /** Waits until everything is written. Tells why stdout could not be, unless its reader has gone. */
  flush(): Promise<Error | undefined>
} {
  let interrupt: (why: 'asked' | 'unread') => void = () => undefined
  const out = new FileOutput(1, () => interrupt('unread'))
  const err = new FileOutput(2, () => undefined)
  return {
    env: process.env,
    cwd: process.cwd(),
    platform: process.platform,
    out,
    err,
    keyboard: () => (mayBeTerminal(0) && process.stdin.isTTY ? process.stdin : undefined),
    interrupt: () => interrupt('asked'),
    onInterrupt(listener) {
      interrupt = listener
      for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => listener('asked'))
    },
    onCrash(listener) {
      process.on('uncaughtException', listener)
    },
    end: (status) => process.exit(status),
    async flush() {
      await Promise.all([out.flush(), err.flush()])
      return out.failure
    },
  }
}

/**
 * Writes to a file descriptor at once. `process.stdout` and `process.stderr` load the whole of Node's network
 * code, 5 ms at every start; they are taken on terminals only, and where the other side is slow.
 */
class FileOutput implements Output {
  readonly isTerminal: boolean
  readonly #fd: 1 | 2
  readonly #onBroken: () => void
  #isBroken = false
  #failure: Error | undefined
  #stream: NodeJS.WriteStream | undefined

  constructor(fd: 1 | 2, onBroken: () => void) {
    this.#fd = fd
    this.#onBroken = onBroken
    this.isTerminal = mayBeTerminal(fd) && this.#open().isTTY === true
  }

  get columns(): number {
    // A terminal that does not know its size says 0.
    return (this.isTerminal && this.#open().columns) || 80
  }

  /** Why nothing more was written, where that is no reader's wish. */
  get failure(): Error | undefined {
    return this.#failure
  }

  write(text: string | Uint8Array): void {
    if (this.#isBroken) return
    if (this.#stream) this.#send(this.#stream, text)
    else this.#writeNow(typeof text === 'string' ? Buffer.from(text) : text)
  }

  async flush(): Promise<void> {
    if (this.#stream && !this.#isBroken) await this.#send(this.#stream, '')
  }

  #writeNow(bytes: Uint8Array): void {
    let rest = bytes
    try {
      while (rest.length > 0) rest = rest.subarray(writeSync(this.#fd, rest))
    } catch (cause) {
      // A pipe that does not block is full: the stream waits for it.
      if ((cause as NodeJS.ErrnoException).code === 'EAGAIN') this.#send(this.#open(), rest)
      else this.#fail(cause as NodeJS.ErrnoException)
    }
  }

  #send(stream: NodeJS.WriteStream, text: string | Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      stream.write(text, (cause) => {
        if (cause) this.#fail(cause)
        resolve()
      })
    })
  }

  #open(): NodeJS.WriteStream {
    if (this.#stream) return this.#stream
    const stream = this.#fd === 1 ? process.stdout : process.stderr
    stream.on('error', (cause: NodeJS.ErrnoException) => this.#fail(cause))
    this.#stream = stream
    return stream
  }

  // The first failure tells; a stream that it destroyed has others. That nobody reads any more, as behind `| head`, is no
  // reason to complain.
  #fail(cause: NodeJS.ErrnoException): void {
    if (this.#isBroken) return
    this.#isBroken = true
    if (cause.code !== 'EPIPE' && cause.code !== 'ECONNRESET') this.#failure = cause
    this.#onBroken()
  }
}

function mayBeTerminal(fd: number): boolean {
  const stats = fstatSync(fd)
  if (!stats.isCharacterDevice()) return false
  return process.platform === 'win32' || stats.rdev !== statSync('/dev/null').rdev
}
