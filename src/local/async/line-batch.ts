/** What a batch of usual size has room for; a larger page is not kept. */
const PAGE_BYTES = 64 << 10
const MOST_KEPT_BYTES = 1 << 20
const LF = 10

/**
 * Lines that wait for one write, as bytes from the first on: texts that are put together, and put together once more for the write, are
 * four times the memory, and collecting it holds up every call of that moment.
 */
export class LineBatch {
  readonly done: Promise<void>
  /** Tells those who wait that their lines are on the disk, or why they are not. */
  settle: (failure?: Error) => void = () => undefined
  #page: Buffer
  #used = 0

  /** `page` is one that nobody needs any more. */
  constructor(page: Buffer | undefined) {
    this.#page = page ?? Buffer.allocUnsafeSlow(PAGE_BYTES)
    this.done = new Promise<void>((resolve, reject) => {
      this.settle = (failure) => (failure ? reject(failure) : resolve())
    })
  }

  /** One line, which may come in parts. */
  add(...parts: readonly string[]): void {
    for (const part of parts) {
      // No character has more bytes; which it has is looked at where that matters.
      if (part.length * 3 >= this.#page.length - this.#used) this.#makeRoom(Buffer.byteLength(part) + 1)
      this.#used += this.#page.write(part, this.#used)
    }
    this.#page[this.#used++] = LF
  }

  get bytes(): Buffer {
    return this.#page.subarray(0, this.#used)
  }

  /** The page for another batch, once the bytes are written. */
  get page(): Buffer | undefined {
    return this.#page.length <= MOST_KEPT_BYTES ? this.#page : undefined
  }

  #makeRoom(bytes: number): void {
    const needed = this.#used + bytes
    if (needed <= this.#page.length) return
    const page = Buffer.allocUnsafeSlow(Math.max(2 * this.#page.length, needed))
    this.#page.copy(page, 0, 0, this.#used)
    this.#page = page
  }
}
