/** Work that is done over and over. */
export interface Repeated {
  /** Begins it no more; resolves when the last one has ended. */
  stop(): Promise<void>
}

/** Does it, and again so long after it has ended, until it is stopped. It must not reject. */
export function repeat(work: () => Promise<void>, pauseMs: number): Repeated {
  let isStopped = false
  let wake = (): void => undefined
  const run = async (): Promise<void> => {
    while (!isStopped) {
      await work()
      if (isStopped) return
      await new Promise<void>((resolve) => {
        wake = resolve
        setTimeout(resolve, pauseMs).unref()
      })
    }
  }
  const running = run()
  return {
    async stop() {
      isStopped = true
      wake()
      await running
    },
  }
}
