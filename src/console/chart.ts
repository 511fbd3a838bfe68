import { h, svg } from './dom.ts'

export interface Line {
  readonly label: string
  /** A custom property of the style sheet: `--blue`. */
  readonly color: string
  readonly values: readonly (number | null)[]
}

export interface ChartOptions {
  readonly title: string
  readonly lines: readonly Line[]
  readonly format: (value: number) => string
  /** Of the look of each value, milliseconds since 1970. */
  readonly times: readonly number[]
}

const WIDTH = 600
const HEIGHT = 150
const TOP = 12
const COLUMNS = 120

/** Lines over the last two minutes, the newest at the right, with what stands under the pointer. */
export function chart({ title, lines, format, times }: ChartOptions): HTMLElement {
  const most = Math.max(0, ...lines.flatMap(({ values }) => values.map((value) => value ?? 0)))
  const top = niceTop(most)
  const legend = lines.map(({ label, color, values }) => {
    const last = values.at(-1)
    return h(
      'span',
      { class: 'legend' },
      h('i', { style: `background:var(${color})` }),
      label,
      h('b', {}, last === null || last === undefined ? '–' : format(last)),
    )
  })
  const tip = h('output', { class: 'tip', 'data-own': true, hidden: true })
  const show = (event: PointerEvent): void => {
    const box = (event.currentTarget as Element).getBoundingClientRect()
    const back = Math.round((1 - (event.clientX - box.left) / box.width) * (COLUMNS - 1))
    const index = times.length - 1 - back
    const time = times[index]
    const place = (event.currentTarget as Element).querySelector('.tip')
    if (!(place instanceof HTMLElement)) return
    place.hidden = time === undefined
    if (time === undefined) return
    const parts = lines.map(({ label, values }) => `${label} ${format(values[index] ?? 0)}`)
    place.textContent = `${new Date(time).toTimeString().slice(0, 8)}  ${parts.join('  ')}`
    place.style.left = `${Math.min(70, Math.max(0, ((event.clientX - box.left) / box.width) * 100 - 15))}%`
  }
  const hide = (event: PointerEvent): void => {
    const place = (event.currentTarget as Element).querySelector('.tip')
    if (place instanceof HTMLElement) place.hidden = true
  }
  const described = `${title}: ${lines.map(({ label, values }) => `${label} ${format(values.at(-1) ?? 0)}`).join(', ')}`
  return h(
    'figure',
    { class: 'chart' },
    h('figcaption', {}, h('span', {}, title), ...legend),
    h(
      'div',
      { class: 'plot', onpointermove: show, onpointerleave: hide },
      drawing(lines, top, described),
      h('span', { class: 'top' }, most > 0 ? format(top) : ''),
      tip,
    ),
  )
}

/** One line without words. */
export function sparkline(values: readonly (number | null)[], color: string, top = 0): SVGElement {
  const most = Math.max(top, ...values.map((value) => value ?? 0)) || 1
  return svg(
    'svg',
    { class: 'spark', viewBox: '0 0 600 150', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    ...paths(values, most, color),
  )
}

function drawing(lines: readonly Line[], top: number, described: string): SVGElement {
  const grid = [0, 0.5, 1].map((share) => {
    const y = yOf(share)
    return svg('line', { class: 'grid', x1: 0, x2: WIDTH, y1: y, y2: y })
  })
  return svg(
    'svg',
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': described },
    ...grid,
    ...lines.flatMap(({ values, color }) => paths(values, top, color)),
  )
}

function paths(values: readonly (number | null)[], top: number, color: string): SVGElement[] {
  const points = values.flatMap((value, index) => {
    if (value === null) return []
    const x = WIDTH - ((values.length - 1 - index) * WIDTH) / (COLUMNS - 1)
    return [[x, yOf(value / top)] as const]
  })
  const [first] = points
  const last = points.at(-1)
  if (!first || !last || points.length < 2) return []
  const line = `M${points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L')}`
  const area = `${line}L${last[0].toFixed(1)} ${HEIGHT}L${first[0].toFixed(1)} ${HEIGHT}Z`
  return [
    svg('path', { class: 'area', d: area, style: `fill:var(${color})` }),
    svg('path', { class: 'line', d: line, style: `stroke:var(${color})` }),
  ]
}

function yOf(share: number): number {
  return HEIGHT - 2 - Math.min(1, share) * (HEIGHT - TOP - 2)
}

// 1, 2 or 5 of the power of ten above the highest value.
function niceTop(most: number): number {
  if (most <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(most))
  return ([1, 2, 5, 10].find((step) => step * power >= most) ?? 10) * power
}
