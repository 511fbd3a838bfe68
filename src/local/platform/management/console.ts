import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { browserFile } from '../../places.ts'
import { samples } from '../../runtime/samples.ts'

/** Name below `/_/` -> the file's name and type. */
const FILES: Readonly<Record<string, readonly [file: string, type: string]>> = {
  '': ['index.html', 'text/html'],
  'console.js': ['console.js', 'text/javascript'],
  'console.css': ['console.css', 'text/css'],
}

const HEADERS = {
  'cache-control': 'no-cache',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/** Answers with a part of the console, which holds no secret and asks the API as anybody does; false for any other request. */
export function answerConsole({ url = '', method }: IncomingMessage, response: ServerResponse): boolean {
  const name = /^\/_\/([\w.]*)(?:\?|$)/.exec(url)?.[1]
  if (name === undefined || method !== 'GET') return false
  if (name === 'samples.json') send(response, 'application/json', JSON.stringify(samples))
  else {
    const found = FILES[name]
    if (!found) return false
    send(response, found[1], readFileSync(browserFile(found[0])))
  }
  return true
}

function send(response: ServerResponse, type: string, body: string | Buffer): void {
  response.writeHead(200, {
    ...HEADERS,
    'content-type': `${type}; charset=utf-8`,
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}
