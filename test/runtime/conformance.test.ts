import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { HttpAnswer } from '../../src/kit/src/index.ts'
import { answers } from './cases/answers.ts'
import { bodies } from './cases/bodies.ts'
import type { Case, Seen } from './cases/case.ts'
import { cors } from './cases/cors.ts'
import { errors } from './cases/errors.ts'
import { requests } from './cases/requests.ts'
import { results } from './cases/results.ts'
import { recordLog } from './log.ts'
import { entryOf, header, headers, member, platforms, send, text } from './platforms.ts'

recordLog()

beforeEach(() => {
  vi.stubEnv('NODE_ENV', 'production')
})

const groups: Readonly<Record<string, readonly Case[]>> = { requests, bodies, results, answers, errors, cors }

describe.each(Object.entries(groups))('%s', (_, group) => {
  describe.each(group.map((one) => [one.name, one] as const))('%s', (_name, one) => {
    test.each(platforms.map((platform) => [platform.name, platform] as const))('%s', async (name, platform) => {
      const entry = entryOf(platform.start, [memberOf(one)], { f: { handler: one.handler } })
      const exception = one.except?.[name]
      const expected = exception ?? one.sees
      if (exception && exception.status === undefined && exception.body === undefined) {
        // What comes of it is not said; that the platform survives is.
        await send(platform, entry, one.request).catch((error) => expect(error).toBeInstanceOf(Error))
        return
      }
      compare(await send(platform, entry, one.request), expected)
    })
  })
})

function memberOf({ path = '/*', methods = [], cors: rule, signature = 'context' }: Case) {
  return member('f', { signature, routes: [{ path, methods, ...(rule && { cors: rule }) }] })
}

function compare(answer: HttpAnswer, seen: Seen): void {
  if (seen.body instanceof Uint8Array)
    expect(Buffer.from(answer.body).toString('hex')).toBe(Buffer.from(seen.body).toString('hex'))
  else if (typeof seen.body === 'string') expect(text(answer)).toBe(seen.body)
  else if (seen.body !== undefined) expect(JSON.parse(text(answer))).toEqual(seen.body)
  if (seen.status !== undefined) expect(answer.status).toBe(seen.status)
  for (const [name, value] of Object.entries(seen.headers ?? {}))
    expect([name, join(answer, name)]).toEqual([name, value])
  if (seen.cookies) expect(headers(answer, 'set-cookie')).toEqual(seen.cookies)
}

// Several headers of one name and one with commas say the same.
function join(answer: HttpAnswer, name: string): string | undefined {
  return header(answer, name) === undefined ? undefined : headers(answer, name).join(',')
}
