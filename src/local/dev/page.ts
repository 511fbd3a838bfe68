import type { ServerResponse } from 'node:http'
import { escapeHtml, failureHead } from './failure-page.ts'
import type { Problem } from './problems.ts'

/** Where the script of open pages is, and what it listens to. */
export const SCRIPT_PATH = '/_/dev/page.js'
export const EVENTS_PATH = '/_/dev/events'

const SCRIPT = `<script type="module" src="${SCRIPT_PATH}"></script>`

/** What a browser shows while a function has no version that works: the problems, and a script that waits for the next one. */
export function problemPage(problems: readonly Problem[]): string {
  const [first] = problems
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${escapeHtml(first?.title ?? 'broken')}</title>
<body>
<noscript><pre>${escapeHtml(problemText(problems))}</pre></noscript>
${SCRIPT}
`
}

/** The same for who is no browser. */
export function problemText(problems: readonly Problem[]): string {
  const parts = problems.map(({ title, place, frame = [], notes }) => {
    const lines = frame.flatMap(({ number, text, mark }) => [
      `  ${String(number).padStart(4)} | ${text}`,
      ...(mark ? [`       | ${' '.repeat(mark[0])}${'^'.repeat(Math.max(1, mark[1] - mark[0]))}`] : []),
    ])
    return [title, ...(place === undefined ? [] : [`  at ${place}`]), ...lines, ...notes.map((note) => `  ${note}`)]
  })
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

/**
 * Adds the script to an HTML answer on its way, at its end: browsers take what stands behind it. The text of a failure
 * becomes a page. Anything else, and what is compressed, passes as it is.
 */
export function addScript(response: ServerResponse, request: string): void {
  const { writeHead, write, end } = response
  let page: 'own' | 'failure' | undefined
  let head = ''
  response.writeHead = ((status: number, ...rest: unknown[]) => {
    const headers = (rest.at(-1) ?? {}) as Headers
    page = pageOf(status, headers)
    head = failureHead(`${status} ${request}`)
    if (page === undefined) return writeHead.apply(response, [status, ...rest] as never)
    const type = page === 'failure' ? ['content-type', 'text/html; charset=utf-8'] : []
    return writeHead.call(response, status, [...without(headers, page), ...type])
  }) as typeof writeHead
  const shown = (chunk: unknown): string | Uint8Array => {
    if (page !== 'failure') return chunk as Uint8Array
    const text = head + escapeHtml(typeof chunk === 'string' ? chunk : Buffer.from(chunk as Uint8Array).toString())
    head = ''
    return text
  }
  response.write = ((chunk: unknown, ...rest: unknown[]) =>
    write.apply(response, [shown(chunk), ...rest] as never)) as typeof write
  response.end = ((...rest: unknown[]) => {
    if (page === undefined) return end.apply(response, rest as never)
    const [chunk = ''] = rest
    if (typeof chunk !== 'function') write.call(response, shown(chunk), 'utf8', () => undefined)
    return end.call(response, `${page === 'failure' ? '</pre>\n' : ''}${SCRIPT}`, 'utf8')
  }) as typeof end
}

function pageOf(status: number, headers: Headers): 'own' | 'failure' | undefined {
  const find = (name: string) => pairsOf(headers).find(([key]) => key.toLowerCase() === name)?.[1]
  if (status === 204 || status === 304 || find('content-encoding') !== undefined) return undefined
  const type = String(find('content-type') ?? '')
  if (/^text\/html\b/i.test(type)) return 'own'
  return status >= 500 && /^text\/plain\b/i.test(type) ? 'failure' : undefined
}

type Headers = readonly string[] | Readonly<Record<string, unknown>>

function without(headers: Headers, page: 'own' | 'failure'): string[] {
  const dropped = page === 'own' ? ['content-length'] : ['content-length', 'content-type']
  return pairsOf(headers).flatMap(([name, value]) => (dropped.includes(name.toLowerCase()) ? [] : [name, value]))
}

// As the gateway gives them: a list of names and values in turn, or a record.
function pairsOf(headers: unknown): [string, string][] {
  if (!Array.isArray(headers)) {
    return Object.entries(headers ?? {}).flatMap(([name, value]) => [value].flat().map((one) => [name, String(one)]))
  }
  return headers.flatMap((name, at) => (at % 2 === 0 ? [[String(name), String(headers[at + 1])]] : []))
}
