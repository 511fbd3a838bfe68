import { isSlsError } from '@anyfaas/kit'
import { whyOf } from '../instances/failure-text.ts'
import { Door, type Inside } from './door.ts'
import { type DoorPlace, doorUrls } from './door-place.ts'
import type { TokenFile } from './token-file.ts'

/** What of a service is open to others: nothing, or one door that can be put somewhere else. */
export class Doorway {
  readonly #token: TokenFile
  readonly #inside: Inside
  #wanted: DoorPlace | undefined
  #door: Door | undefined
  #note: string | undefined

  constructor(token: TokenFile, inside: Inside) {
    this.#token = token
    this.#inside = inside
  }

  /** What shall be open at the next start too. */
  get wanted(): DoorPlace | undefined {
    return this.#wanted
  }

  get urls(): readonly string[] {
    const place = this.#door?.place
    return place ? doorUrls(place) : []
  }

  get tokenFile(): string {
    return this.#token.path
  }

  get notes(): readonly string[] {
    return this.#note === undefined ? [] : [this.#note]
  }

  /** Opens what was open before. The service answers on this machine also when that cannot be. */
  async restore(place: DoorPlace): Promise<void> {
    this.#wanted = place
    try {
      await this.#token.need()
      await this.#open(place).catch(async (failure: unknown) => {
        if (!isSlsError(failure) || failure.diagnostics[0]?.code !== 'SLS7005') throw failure
        await this.#open({ host: place.host })
        this.#note = `port ${place.port} of ${place.host} was taken by something else`
      })
    } catch (failure) {
      this.#note = `not open to others: ${whyOf(failure)}`
    }
  }

  /**
   * Opens the service there, and nowhere else any more; undefined closes it. `closing` resolves when the requests that came
   * in before are answered. Throws SLS7005 and SLS7007, and then everything stays as it was.
   */
  async move(place: DoorPlace | undefined): Promise<{ readonly closing: Promise<void> }> {
    const before = this.#door
    const old = before?.place
    if (place && old?.host === place.host && (place.port ?? old.port) === old.port) return { closing: DONE }
    if (place) await this.#token.need()
    // First, for the new one can want its port.
    const closing = before?.close() ?? DONE
    this.#door = undefined
    try {
      if (place) await this.#open(place)
    } catch (failure) {
      if (old) await this.#open(old)
      throw failure
    }
    if (!place) this.#wanted = undefined
    this.#note = undefined
    return { closing }
  }

  async close(): Promise<void> {
    await this.#door?.close()
  }

  async #open(place: DoorPlace): Promise<void> {
    const door = new Door(this.#token, this.#inside)
    await door.open(place)
    this.#door = door
    this.#wanted = door.place
  }
}

const DONE = Promise.resolve()
