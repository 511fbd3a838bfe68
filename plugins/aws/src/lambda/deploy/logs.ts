import { type Call, clock, type LogLine, type LogQuery, type Tree } from '@anyfaas/kit'
import { unlessMissing } from './kind.ts'
import type { OurFunctions } from './our-functions.ts'
import type { Site } from './site.ts'

/** What functions wrote, in the order of its time; `follow` goes on until the signal. */
export async function* readLogs(site: Site, ours: OurFunctions, query: LogQuery, call: Call): AsyncGenerator<LogLine> {
  const wanted = new Set(query.functions)
  const groups = (await ours.list(call)).filter(({ fn }) => wanted.size === 0 || wanted.has(fn))
  const readers = groups.map(({ fn, name, live }) => new GroupReader(site, fn, groupOf(name, live)))
  const begin = query.since ?? Date.now() - USUAL_MS
  const first = await readAll(readers, begin, call)
  yield* query.tail === undefined ? first : first.slice(Math.max(0, first.length - query.tail))
  while (query.follow && !call.signal.aborted) {
    await clock.wait(EVERY_MS, call.signal).catch(() => undefined)
    if (call.signal.aborted) return
    yield* await readAll(readers, begin, call)
  }
}

const USUAL_MS = 10 * 60_000
const EVERY_MS = 2000
// A line can become visible some seconds after its time, and after younger ones.
const LATE_MS = 30_000

async function readAll(readers: readonly GroupReader[], begin: number, call: Call): Promise<readonly LogLine[]> {
  const lines = await Promise.all(readers.map((reader) => reader.read(begin, call)))
  return lines.flat().sort((a, b) => a.time - b.time)
}

/** Reads one log group again and again, each line once. */
class GroupReader {
  readonly #site: Site
  readonly #fn: string
  readonly #group: string
  /** Event -> its time, as far back as late lines can come. */
  readonly #seen = new Map<string, number>()
  #latest = 0

  constructor(site: Site, fn: string, group: string) {
    this.#site = site
    this.#fn = fn
    this.#group = group
  }

  async read(begin: number, call: Call): Promise<readonly LogLine[]> {
    const startTime = Math.max(begin, this.#latest - LATE_MS)
    const input = { logGroupName: this.#group, startTime }
    const request = { service: 'logs', action: 'FilterLogEvents', input, about: `logs of ${this.#fn}` } as const
    // The group comes to be with the first call of the function.
    const events =
      (await unlessMissing(
        this.#site.api.list(request, { items: 'events', next: 'nextToken', ask: 'nextToken' }, call),
      )) ?? []
    const fresh = events.filter(({ eventId }) => !this.#seen.has(String(eventId)))
    for (const { eventId, timestamp } of fresh) {
      this.#seen.set(String(eventId), Number(timestamp))
      this.#latest = Math.max(this.#latest, Number(timestamp))
    }
    for (const [id, time] of this.#seen) if (time < this.#latest - LATE_MS) this.#seen.delete(id)
    return fresh.map((event) => readLine(this.#fn, event))
  }
}

function groupOf(name: string, { LoggingConfig }: Tree): string {
  return String((LoggingConfig as Tree | undefined)?.['LogGroup'] ?? `/aws/lambda/${name}`)
}

const PLATFORM = /^(START|END|REPORT|INIT_START|INIT_REPORT|EXTENSION|XRAY) /

function readLine(fn: string, { timestamp, message }: Tree): LogLine {
  const text = String(message).replace(/\n$/, '')
  // 2026-01-02T03:04:05.678Z<tab>request id<tab>LEVEL<tab>text, by the runtime for Node.js
  const [, requestId = /RequestId: ([\w-]{36})/.exec(text)?.[1], level = ''] =
    /^\S+Z\t([\w-]{36})\t(\w+)\t/.exec(text) ?? []
  const stream = PLATFORM.test(text) ? 'sys' : /ERROR|WARN/.test(level) ? 'err' : 'out'
  return { time: Number(timestamp), function: fn, stream, text, ...(requestId && { requestId }) }
}
