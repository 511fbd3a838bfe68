import type { Fn, Service } from './api.ts'
import { chart } from './chart.ts'
import { h } from './dom.ts'
import { formatAge, formatCount, formatMs, formatRate } from './format.ts'
import { stateOf } from './functions-view.ts'
import type { Sample } from './history.ts'
import type { Found, Model } from './model.ts'
import { timerRows } from './timers-view.ts'

/** One function: charts, processes, what became of its calls, and its timers. */
export function detailView({ key, service, fn }: Found, model: Model): HTMLElement {
  const samples = model.history.of(key)
  return h(
    'div',
    { 'data-key': `detail ${key}` },
    h(
      'header',
      {},
      h('h2', {}, fn.name, h('small', {}, `${service.service} · ${service.stage}`)),
      stateOf(fn),
      h(
        'button',
        { type: 'button', class: 'close', 'aria-label': 'Close', onclick: () => model.actions.select(undefined) },
        '✕',
      ),
    ),
    fn.description && h('p', { class: 'quiet' }, fn.description),
    h('div', { class: 'charts' }, ...charts(samples)),
    h('h3', {}, 'Processes', h('small', {}, limitsOf(fn))),
    instances(fn, model.now),
    h('h3', {}, 'Answers', h('small', {}, `${formatCount(fn.calls.total)} since the platform started`)),
    answers(fn),
    ...timers(service, fn, model),
  )
}

function charts(samples: readonly Sample[]): HTMLElement[] {
  const times = samples.map(({ time }) => time)
  const line = (label: string, color: string, of: (sample: Sample) => number | null) => ({
    label,
    color,
    values: samples.map(of),
  })
  return [
    chart({
      title: 'Calls a second',
      times,
      format: formatRate,
      lines: [
        line('all', '--blue', ({ perSec }) => perSec),
        line('failed', '--red', ({ errorsPerSec }) => errorsPerSec),
      ],
    }),
    chart({
      title: 'Latency',
      times,
      format: formatMs,
      lines: [line('p95', '--violet', ({ p95 }) => p95), line('p50', '--teal', ({ p50 }) => p50)],
    }),
  ]
}

function limitsOf({ limits, running, waiting }: Fn): string {
  const { min, max, instance, queue } = limits
  const each = instance === null ? '' : `, ${instance} calls each`
  return `${min} to ${max}${each} · ${running} running, ${waiting} of ${queue} waiting`
}

function instances({ instances: all }: Fn, now: number): HTMLElement {
  if (all.length === 0) return h('p', { class: 'quiet' }, 'None; the next call gets one.')
  const rows = all.map(({ pid, state, running, calls, started }) =>
    h(
      'tr',
      { 'data-key': String(pid) },
      h('td', {}, String(pid ?? '–')),
      h('td', {}, h('span', { class: `state ${{ ready: 'green', blocked: 'red' }[state] ?? 'amber'}` }, state)),
      h('td', { class: 'number' }, String(running)),
      h('td', { class: 'number' }, formatCount(calls)),
      h('td', { class: 'number' }, formatAge(now - Date.parse(started))),
    ),
  )
  const head = ['pid', 'state', 'running', 'calls', 'age'].map((name) => h('th', { scope: 'col' }, name))
  return h('table', {}, h('thead', {}, h('tr', {}, ...head)), h('tbody', {}, ...rows))
}

// Statuses as a bar whose parts are as wide as there are answers of them, and the classes of the failures.
function answers({ calls }: Fn): HTMLElement {
  const statuses = Object.entries(calls.byStatus)
  if (statuses.length === 0) return h('p', { class: 'quiet' }, 'None yet.')
  const bar = statuses.map(([status, count]) =>
    h('i', { class: `s${status[0]}`, style: `flex-grow:${count}`, title: `${status}: ${count}` }),
  )
  const words = statuses.map(([status, count]) =>
    h('span', { class: `tag s${status[0]}` }, `${status} `, h('b', {}, formatCount(count))),
  )
  const classes = Object.entries(calls.byClass).map(([name, count]) =>
    h('span', { class: 'tag s5' }, `${name} `, h('b', {}, formatCount(count))),
  )
  return h(
    'div',
    {},
    h('div', { class: 'bar', 'aria-hidden': 'true' }, ...bar),
    h('p', { class: 'tags' }, ...words, ...classes),
  )
}

function timers(service: Service, fn: Fn, model: Model): HTMLElement[] {
  if (fn.timers.length === 0) return []
  return [h('h3', {}, 'Timers'), h('table', {}, h('tbody', {}, ...timerRows(service, fn, model)))]
}
