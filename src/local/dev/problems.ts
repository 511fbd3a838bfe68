import type { ServerResponse } from 'node:http'

/** Something that is wrong, as a page shows it. */
export interface Problem {
  /** The code and the message. */
  readonly title: string
  /** `src/hello.ts:3:5`. */
  readonly place?: string
  readonly frame?: readonly FrameLine[]
  readonly notes: readonly string[]
}

export interface FrameLine {
  readonly number: number
  readonly text: string
  /** The part that is meant: from, and behind it, in UTF-16 units. */
  readonly mark?: readonly [number, number]
}

/** What is wrong now, by function; that of the service itself is under no name. Pages that are open are told. */
export class Problems {
  readonly #found = new Map<string, readonly Problem[]>()
  readonly #listeners = new Set<ServerResponse>()
  #version = 0

  get all(): readonly Problem[] {
    return [...this.#found.values()].flat()
  }

  of(name: string): readonly Problem[] {
    return this.#found.get(name) ?? []
  }

  set(name: string, problems: readonly Problem[]): void {
    if (problems.length > 0) this.#found.set(name, problems)
    else this.#found.delete(name)
  }

  /** Something new answers, or something new is wrong. */
  publish(): void {
    this.#version++
    for (const listener of this.#listeners) listener.write(this.#message())
  }

  /** Tells an open page now and at every change, as server-sent events. */
  listen(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    response.write(this.#message())
    this.#listeners.add(response)
    response.once('close', () => this.#listeners.delete(response))
  }

  close(): void {
    for (const listener of this.#listeners) listener.end()
  }

  #message(): string {
    return `data: ${JSON.stringify({ version: this.#version, problems: this.all })}\n\n`
  }
}
