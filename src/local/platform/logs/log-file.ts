import { appendFile, readFile, rename, stat } from 'node:fs/promises'

const LARGEST_BYTES = 8 << 20
const KEPT_FILES = 3
/** Of lines that are not in the file yet. */
const MOST_WAITING_CHARS = 4 << 20

/** Lines in a file. A full one is put aside under a number, and the oldest goes. What happens to it happens in order. */
export class LogFile {
  readonly #path: string
  #done: Promise<unknown> = Promise.resolve()
  #batch: string[] | undefined
  #bytes: number | undefined
  #waitingChars = 0

  constructor(path: string) {
    this.#path = path
  }

  /** False when so much waits already that the line is not taken, unless it has to be. */
  append(line: string, hasTo = false): boolean {
    if (this.#waitingChars >= MOST_WAITING_CHARS && !hasTo) return false
    this.#waitingChars += line.length
    if (!this.#batch) {
      const batch: string[] = []
      this.#batch = batch
      this.#then(async () => {
        if (this.#batch === batch) this.#batch = undefined
        await this.#write(batch).finally(() => {
          for (const one of batch) this.#waitingChars -= one.length
        })
      }).catch((error: Error) => process.stderr.write(`${this.#path}: ${error.message}\n`))
    }
    this.#batch.push(line)
    return true
  }

  /** The lines that were appended until now, the oldest first. */
  read(): Promise<string[]> {
    this.#batch = undefined
    return this.#then(async () => {
      const texts = await Promise.all(this.#paths().reverse().map(readText))
      return texts.flatMap((text) => text.split('\n')).filter(Boolean)
    })
  }

  async written(): Promise<void> {
    await this.#done
  }

  #then<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#done.then(work)
    // What failed is told where it was asked for; the next one tries again.
    this.#done = result.catch(() => undefined)
    return result
  }

  async #write(lines: readonly string[]): Promise<void> {
    const text = `${lines.join('\n')}\n`
    this.#bytes ??= (await stat(this.#path).catch(missing))?.size ?? 0
    if (this.#bytes > LARGEST_BYTES) await this.#putAside()
    await appendFile(this.#path, text, { mode: 0o600 })
    this.#bytes += Buffer.byteLength(text)
  }

  async #putAside(): Promise<void> {
    const paths = this.#paths()
    for (let index = KEPT_FILES - 1; index > 0; index--) {
      await rename(paths[index - 1] as string, paths[index] as string).catch(missing)
    }
    this.#bytes = 0
  }

  // The newest first.
  #paths(): string[] {
    return Array.from({ length: KEPT_FILES }, (_, index) => (index === 0 ? this.#path : `${this.#path}.${index}`))
  }
}

async function readText(path: string): Promise<string> {
  return (await readFile(path, 'utf8').catch(missing)) ?? ''
}

function missing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
