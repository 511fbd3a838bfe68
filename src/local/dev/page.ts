import type { ServerResponse } from 'node:http'
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
 * Adds the script to an HTML answer on its way, at its end: browsers take what stands behind it. Anything else, and what is
 * compressed, passes as it is.
 */
export function addScript(response: ServerResponse): void {
  const head = response.writeHead
  const end = response.end
  let isPage = false
  response.writeHead = ((status: number, ...rest: unknown[]) => {
    const headers = rest.at(-1)
    isPage = status !== 204 && status !== 304 && isHtml(headers)
    return head.apply(response, [status, ...(isPage ? [withoutLength(headers as Headers)] : rest)] as never)
  }) as typeof head
  response.end = ((...rest: unknown[]) => {
    const [chunk, encoding] = rest
    if (!isPage) return end.apply(response, rest as never)
    if (typeof chunk === 'string') response.write(chunk, typeof encoding === 'string' ? (encoding as 'utf8') : 'utf8')
    else if (chunk instanceof Uint8Array) response.write(chunk)
    return end.call(response, SCRIPT, 'utf8')
  }) as typeof end
}

type Headers = readonly string[] | Readonly<Record<string, unknown>>

function isHtml(headers: unknown): boolean {
  const pairs = pairsOf(headers)
  const find = (name: string) => pairs.find(([key]) => key.toLowerCase() === name)?.[1]
  return /^text\/html\b/i.test(String(find('content-type') ?? '')) && find('content-encoding') === undefined
}

function withoutLength(headers: Headers): string[] {
  return pairsOf(headers).flatMap(([name, value]) => (name.toLowerCase() === 'content-length' ? [] : [name, value]))
}

// As the gateway gives them: a list of names and values in turn, or a record.
function pairsOf(headers: unknown): [string, string][] {
  if (!Array.isArray(headers)) {
    return Object.entries(headers ?? {}).flatMap(([name, value]) => [value].flat().map((one) => [name, String(one)]))
  }
  return headers.flatMap((name, at) => (at % 2 === 0 ? [[String(name), String(headers[at + 1])]] : []))
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
