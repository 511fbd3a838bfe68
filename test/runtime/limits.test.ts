import { expect, test } from 'vitest'
import { entryOf, member, platforms, send } from './platforms.ts'

// The largest body that each way lets through, in both directions: nothing of the runtime's own may stand before it.

const MB = 1 << 20

/** MB of a request's and an answer's body. In an event, bytes take a third more. */
const LIMITS: Readonly<Record<string, number>> = {
  local: 32,
  // https://www.alibabacloud.com/help/en/functioncompute/fc/product-overview/quotas-and-limits
  'fc2 http trigger': 32,
  'fc2 gateway': 32 * 0.75 - 1,
  'fc3 http trigger': 32 * 0.75 - 1,
  'fc3 gateway': 32 * 0.75 - 1,
  'fc custom runtime': 32,
  // https://cloud.tencent.com/document/product/583/11637 (of text: a function URL has no other)
  'scf function url': 5.5,
  'scf gateway': 6 * 0.75 - 0.1,
  'scf web function': 6,
  // https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
  'lambda http api': 6 * 0.75 - 0.1,
  'lambda function url': 6 * 0.75 - 0.1,
  'lambda function url, streamed': 6 * 0.75 - 0.1,
  'lambda rest api': 6 * 0.75 - 0.1,
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
  'lambda load balancer': 0.75,
  'lambda multi-value load balancer': 0.75,
}

const echo = (ctx: { type: string; get(name: string): string; request: { rawBody: Uint8Array } }) => {
  ctx.type = ctx.get('content-type')
  return Buffer.from(ctx.request.rawBody)
}

test.each(platforms.map((platform) => [platform.name, platform] as const))('%s', async (name, platform) => {
  const size = Math.floor((LIMITS[name] ?? 0) * MB)
  const isText = name === 'scf function url'
  const body = Buffer.alloc(size, isText ? 'a line of text\n' : Uint8Array.from({ length: 251 }, (_, index) => index))
  const headers = { 'content-type': isText ? 'text/plain' : 'image/png' }
  const entry = entryOf(platform.start, [member('f', { timeoutSec: 60 })], { f: { handler: echo } })
  const answer = await send(platform, entry, { method: 'POST', url: '/', headers, body })
  expect([answer.status, answer.body.length]).toEqual([200, size])
  expect(Buffer.from(answer.body).equals(body)).toBe(true)
})
