import type { ListeningEvent, RequestEvent } from '@anyfaas/kit'
import { formatDuration } from './duration.ts'
import type { Format, Style } from './style.ts'
import { drawTable } from './table.ts'
import { clean } from './width.ts'

/** Where a service answers, and what. */
export function drawListening(event: ListeningEvent, { paint }: Style): string {
  const { service, platform, urls, routes, notes, durationMs } = event
  const [first = '', ...others] = urls
  const rows = routes.map(({ function: name, methods, path }) => [
    paint('magenta', methods.length > 0 ? methods.join(',') : 'ANY'),
    clean(first + path),
    paint('dim', name),
  ])
  const time = durationMs === undefined ? '' : paint('dim', `  ${formatDuration(durationMs)}`)
  const events = platform === 'local' ? '' : paint('dim', `  with the events of ${platform}`)
  return [
    '',
    `${paint('bold', clean(service))} is up at ${paint(['bold', 'cyan'], first)}${time}${events}`,
    ...others.map((url) => `on the network at ${paint('cyan', url)}`),
    '',
    ...drawTable(rows, { indent: '  ' }),
    '',
    ...notes.map((note) => paint('dim', note)),
    '',
    '',
  ].join('\n')
}

/** One answered request, such as `GET /hello?x=1 200  3 ms`. */
export function drawRequest({ method, url, status, durationMs }: RequestEvent, { paint }: Style): string {
  const shown = paint(['bold', toneOf(status)], status === 0 ? 'gone' : String(status))
  return `${shown} ${method} ${clean(url)} ${paint('dim', formatDuration(durationMs))}`
}

function toneOf(status: number): Format {
  if (status >= 500 || status === 0) return 'red'
  if (status >= 400) return 'yellow'
  return status >= 300 ? 'cyan' : 'green'
}
