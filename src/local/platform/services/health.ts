import type { ServerResponse } from 'node:http'
import type { Reachable } from './reachable.ts'

const PREFIX = '/_/'

/**
 * Answers `/_/health` (the service answers at all), `/_/ready` (so do all of its functions) and `/_/ready/NAME`, and nothing
 * else. No function is called.
 */
export function answerHealth(
  url: string,
  response: ServerResponse,
  functions: ReadonlyMap<string, Reachable>,
): boolean {
  if (!url.startsWith(PREFIX)) return false
  const [path = ''] = url.slice(PREFIX.length).split('?')
  if (path === 'health') return answer(response, 200, 'OK')
  const match = /^ready(?:\/([^/]+))?$/.exec(path)
  if (!match) return false
  const [, name] = match
  const asked = name === undefined ? [...functions.values()] : [functions.get(decodeURIComponent(name))]
  const reasons = asked.flatMap((one) => (one ? unreadiness(one) : ['no such function']))
  const isBusy = reasons.length > 0 && reasons.every((reason) => reason.endsWith('at its limit'))
  return answer(response, reasons.length === 0 ? 200 : isBusy ? 429 : 503, reasons.join('\n') || 'OK')
}

function unreadiness(one: Reachable): string[] {
  try {
    const reason = one.host().unready
    return reason ? [`${one.name} is ${reason}`] : []
  } catch (failure) {
    return [(failure as Error).message]
  }
}

function answer(response: ServerResponse, status: number, text: string): true {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' })
  response.end(`${text}\n`)
  return true
}
