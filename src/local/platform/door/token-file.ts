import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { error, SlsError } from '@anyfaas/kit'

/** Shorter ones can be guessed. */
const FEWEST_CHARACTERS = 16
/** For so long a token that was changed in the file may still be the old one. */
const FRESH_MS = 1000

/** A token in a file of its own (mode 0600), so that it outlives the platform and its owner can put another one there. */
export class TokenFile {
  readonly path: string
  #digest: Buffer | undefined
  #readAt = Number.NEGATIVE_INFINITY

  constructor(path: string) {
    this.path = path
  }

  /** Makes one where there is none. Throws SLS7007 for a file that others can read, and for one that holds no good token. */
  async need(): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 })
    await writeFile(this.path, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' }).catch(
      (failure: NodeJS.ErrnoException) => {
        if (failure.code !== 'EEXIST') throw failure
      },
    )
    if (statSync(this.path).mode & 0o077) throw bad(`others can read ${this.path}`, `chmod 600 ${this.path}`)
    this.#readAt = Number.NEGATIVE_INFINITY
    if (!this.#current()) {
      throw bad(`${this.path} holds no token of ${FEWEST_CHARACTERS} characters or more`, 'remove it, and one is made')
    }
  }

  /** In a time that tells nothing of the token. Without a file, nothing matches. */
  matches(given: string): boolean {
    const expected = this.#current()
    return expected !== undefined && timingSafeEqual(digestOf(given), expected)
  }

  #current(): Buffer | undefined {
    const now = performance.now()
    if (now - this.#readAt >= FRESH_MS) {
      this.#digest = readToken(this.path)
      this.#readAt = now
    }
    return this.#digest
  }
}

function readToken(path: string): Buffer | undefined {
  try {
    const token = readFileSync(path, 'utf8').trim()
    return token.length < FEWEST_CHARACTERS ? undefined : digestOf(token)
  } catch {
    // Nobody has the token while it is not there.
    return undefined
  }
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function bad(message: string, help: string): SlsError {
  return new SlsError(error('SLS7007', message, { help: [help] }))
}
