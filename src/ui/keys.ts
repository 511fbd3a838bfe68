export interface KeyOptions {
  readonly listener: (key: string) => void
  readonly signal: AbortSignal
  /** Told Ctrl-C, which the terminal does not turn into a signal while it gives single keys. */
  readonly interrupt: () => void
}

const CTRL_C = '\u0003'

/** Tells every key of a terminal as it is typed, until the signal aborts. */
export function listenForKeys(input: NodeJS.ReadableStream, { listener, signal, interrupt }: KeyOptions): void {
  const terminal = input as Partial<NodeJS.ReadStream> & NodeJS.ReadableStream
  const read = (chunk: Buffer | string): void => {
    for (const key of String(chunk)) {
      if (key === CTRL_C) interrupt()
      else listener(key)
    }
  }
  terminal.setRawMode?.(true)
  terminal.on('data', read)
  const stop = (): void => {
    terminal.off('data', read)
    terminal.setRawMode?.(false)
    terminal.pause()
  }
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop, { once: true })
}
