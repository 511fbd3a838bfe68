/** Lets one wait for what others make, bit by bit. */
export class Supply {
  /** Nothing comes any more. */
  isOver = false
  #wait: { readonly promise: Promise<void>; resolve(): void } | undefined

  /** Ends when there is more than before. Throws when nothing comes any more; `name` is what it was awaited for. */
  next(name: string): Promise<void> {
    if (this.isOver) throw new Error(`"${name}" was not made`)
    this.#wait ??= deferred()
    return this.#wait.promise
  }

  more(): void {
    this.#wait?.resolve()
    this.#wait = undefined
  }

  end(): void {
    this.isOver = true
    this.more()
  }
}

function deferred(): { readonly promise: Promise<void>; resolve(): void } {
  let resolve: () => void = () => undefined
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}
