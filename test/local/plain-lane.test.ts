import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import type { PlainAnswer } from '../../src/local/platform/plain/plain-answer.ts'
import { type PlainHead, readPlainHead } from '../../src/local/platform/plain/plain-head.ts'
import { PlainLane } from '../../src/local/platform/plain/plain-lane.ts'

const servers: Server[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

const OWN: RequestListener = ({ method, url, rawHeaders }, response) => {
  response.writeHead(200, ['content-type', 'text/plain'])
  response.end(JSON.stringify({ by: 'node', method, url, rawHeaders }))
}

type Reply = (head: PlainHead, answer: PlainAnswer) => void

function tell({ url, rawHeaders }: PlainHead, answer: PlainAnswer): void {
  const body = JSON.stringify({ by: 'lane', method: 'GET', url, rawHeaders })
  answer.writeHead(200, ['content-type', 'text/plain', 'content-length', String(Buffer.byteLength(body))])
  answer.end(Buffer.from(body))
}

async function listen(reply?: Reply): Promise<{ port: number; lane: PlainLane | undefined }> {
  const server = createServer(OWN)
  servers.push(server)
  const take = (head: PlainHead, answer: PlainAnswer): boolean => {
    reply?.(head, answer)
    return true
  }
  const lane = reply && new PlainLane(server, take)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, lane }
}

/** Sends the pieces one after the other on one connection; all that came back until the server closed it. */
async function say(port: number, pieces: readonly string[]): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  const all = text(socket)
  for (const piece of pieces) {
    socket.write(Buffer.from(piece, 'latin1'))
    await pause(5)
  }
  return await all
}

// Without the hour and the length, and in one word who answered.
function plainly(answer: string): string {
  return answer
    .replace(/^date: .*\r\n/gim, '')
    .replaceAll('"by":"lane"', '"by":"node"')
    .replace(/^content-length: .*\r\n|^transfer-encoding: .*\r\n/gim, '')
}

const LAST = 'GET /last HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n'

test.each<[string, readonly string[]]>([
  [
    'one after the other',
    ['GET /a HTTP/1.1\r\nHost: a\r\n\r\n', 'GET /b?c=d HTTP/1.1\r\nHost: a\r\nX: \t y \t\r\n\r\n', LAST],
  ],
  ['two at once', ['GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n', LAST]],
  ['a head in pieces', ['GET /a HT', 'TP/1.1\r\nHost: a\r\n', '\r\n', LAST]],
  [
    'a body behind a plain one',
    ['GET /a HTTP/1.1\r\nHost: a\r\n\r\n', 'POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi', LAST],
  ],
  ['a body of a GET', ['GET /a HTTP/1.1\r\nHost: a\r\ncontent-length: 2\r\n\r\nhi', LAST]],
  [
    'a body in pieces',
    ['GET /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n', '2\r\nhi\r\n0\r\n\r\n', LAST],
  ],
  ['another version', ['GET /a HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n', LAST]],
  ['no host', ['GET /a HTTP/1.1\r\n\r\n']],
  ['a folded line', ['GET /a HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n', LAST]],
  ['a space before the colon', ['GET /a HTTP/1.1\r\nHost: a\r\nContent-Length : 2\r\n\r\nhi']],
  ['a bare line feed', ['GET /a HTTP/1.1\nHost: a\n\n']],
  ['a null', ['GET /a HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n']],
  ['no HTTP', ['hello\r\n\r\n']],
])('%s: the answers are those of Node’s server', async (_, pieces) => {
  const [node, own] = [await listen(), await listen(tell)]
  const expected = await say(node.port, pieces)
  expect(plainly(await say(own.port, pieces)).replace(/^[0-9a-f]+\r\n(?=\{)|\r\n0\r\n\r\n/gm, '')).toBe(
    plainly(expected).replace(/^[0-9a-f]+\r\n(?=\{)|\r\n0\r\n\r\n/gm, ''),
  )
})

test('what it reads Node reads the same, whatever stands there', async () => {
  const { port } = await listen()
  const odd = fc.constantFrom(
    'a',
    'A',
    '-',
    '_',
    ' ',
    '\t',
    ':',
    '\r',
    '\n',
    '\0',
    '\x7f',
    '\x80',
    '\xff',
    '"',
    '(',
    '%',
    '#',
    '/',
  )
  const word = (most: number): fc.Arbitrary<string> => fc.array(odd, { maxLength: most }).map((all) => all.join(''))
  const names = fc.oneof(
    fc.constantFrom('Host', 'X-A', 'connection', 'Content-length', 'Expect', 'TE', 'upgrade'),
    word(3),
  )
  const values = fc.oneof(fc.constantFrom('a', 'keep-alive', 'close', '0', '', ' x '), word(4))
  const line = fc.tuple(names, fc.constantFrom(':', ': ', ' : '), values).map((all) => all.join(''))
  const head = fc.record({ url: word(4), lines: fc.array(line, { maxLength: 4 }), hasHost: fc.boolean() })
  let read = 0
  await fc.assert(
    fc.asyncProperty(head, async ({ url, lines, hasHost }) => {
      const all = [`GET /${url} HTTP/1.1`, ...(hasHost ? ['Host: a'] : []), ...lines, '', '']
      const bytes = Buffer.from(all.join('\r\n'), 'latin1')
      const found = readPlainHead(bytes)
      if (!found) return
      read++
      const answer = await say(port, [bytes.toString('latin1'), LAST])
      const [first = ''] = /\{"by".*?\]\}/s.exec(answer) ?? []
      expect(JSON.parse(first)).toEqual({ by: 'node', method: 'GET', url: found.url, rawHeaders: found.rawHeaders })
      expect(answer.match(/HTTP\/1\.1 200/g)).toHaveLength(2)
    }),
    { numRuns: 2000, seed: 7 },
  )
  expect(read).toBeGreaterThan(50)
})

test('an answer is whole in every shape', async () => {
  const large = Buffer.alloc(4 << 20, 'x')
  const { port } = await listen(({ url }, answer) => {
    if (url === '/none') answer.writeHead(204, [])
    else answer.writeHead(200, url === '/chunks' ? [] : { 'content-length': url === '/text' ? 2 : large.length })
    if (url === '/none') answer.end('left out')
    else if (url === '/text') answer.end('é')
    else if (url === '/large') answer.end(large)
    else {
      answer.flushHeaders()
      answer.write(Buffer.from('one '))
      answer.write(large)
      answer.end()
    }
  })
  const base = `http://127.0.0.1:${port}`
  const none = await fetch(`${base}/none`)
  expect([none.status, none.headers.get('content-length'), await none.text()]).toEqual([204, null, ''])
  expect(await (await fetch(`${base}/text`)).text()).toBe('é')
  expect(Buffer.from(await (await fetch(`${base}/large`)).arrayBuffer()).equals(large)).toBe(true)
  expect(await (await fetch(`${base}/chunks`)).text()).toBe(`one ${large}`)
})

test('a request that comes early waits for its turn', async () => {
  const { port } = await listen((head, answer) => setTimeout(() => tell(head, answer), 30))
  const answer = await say(port, ['GET /a HTTP/1.1\r\nHost: a\r\n\r\n', 'GET /b HTTP/1.1\r\nHost: a\r\n\r\n', LAST])
  expect([...answer.matchAll(/"url":"(.*?)"/g)].map(([, url]) => url)).toEqual(['/a', '/b', '/last'])
})

test('a lane that closes finishes what it has, and keeps no connection', async () => {
  let [arrive, answer] = [(): void => undefined, (): void => undefined]
  const arrived = new Promise<void>((resolve) => (arrive = resolve))
  const { port, lane } = await listen((head, response) => {
    answer = () => tell(head, response)
    arrive()
  })
  const idle = connect(port, '127.0.0.1')
  const ended = text(idle)
  await new Promise((resolve) => idle.once('connect', resolve))
  const busy = say(port, ['GET /a HTTP/1.1\r\nHost: a\r\n\r\n'])
  await arrived
  lane?.close()
  expect(await ended).toBe('')
  answer()
  expect(await busy).toContain('"url":"/a"')
})

test('a connection that has nothing more to say is closed after Node’s time', async () => {
  const server = createServer({ keepAliveTimeout: 100 }, OWN)
  servers.push(server)
  new PlainLane(server, (head, answer) => {
    tell(head, answer)
    return true
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const began = performance.now()
  expect(await say((server.address() as AddressInfo).port, ['GET /a HTTP/1.1\r\nHost: a\r\n\r\n'])).toContain('"/a"')
  expect(performance.now() - began).toBeGreaterThan(90)
})
