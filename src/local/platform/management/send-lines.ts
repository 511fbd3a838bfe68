import { once } from 'node:events'
import type { ServerResponse } from 'node:http'

/** Answers with NDJSON, a line for each value, until there are no more or the client has gone. */
export async function sendLines(
  response: ServerResponse,
  read: (signal: AbortSignal) => AsyncIterable<object>,
): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  response.writeHead(200, { 'content-type': 'application/x-ndjson' })
  response.flushHeaders()
  try {
    for await (const value of read(gone.signal)) {
      // Who has gone takes nothing any more, and says nothing about it.
      if (gone.signal.aborted) break
      const hasRoom = response.write(`${JSON.stringify(value)}\n`)
      if (!hasRoom) await Promise.race([once(response, 'drain'), once(response, 'close')])
    }
  } catch (thrown) {
    if (!gone.signal.aborted) throw thrown
  }
  response.end()
}
