import type { Fn, Service } from './api.ts'
import { h } from './dom.ts'
import { formatFrom, formatSchedule } from './format.ts'
import { findFunctions, type Model } from './model.ts'

/** The timers of all functions, the next one first. */
export function timersView(model: Model): HTMLElement {
  const rows = findFunctions(model)
    .flatMap(({ service, fn }) =>
      fn.timers.map((timer) => ({ service, fn: { ...fn, timers: [timer] }, next: timer.next })),
    )
    .sort((a, b) => (a.next ?? '~').localeCompare(b.next ?? '~'))
    .flatMap(({ service, fn }) => timerRows(service, fn, model, true))
  if (rows.length === 0) return h('p', { class: 'empty' }, 'No function has a timer.')
  return h('table', { class: 'wide' }, h('tbody', {}, ...rows))
}

/** A row for each timer of a function. */
export function timerRows(service: Service, fn: Fn, { now, actions }: Model, named = false): HTMLElement[] {
  return fn.timers.map((timer) =>
    h(
      'tr',
      { 'data-key': `${service.namespace}/${fn.name}/${timer.name}` },
      h('td', {}, h('b', {}, timer.name), named && h('small', {}, `${fn.name} · ${service.namespace}`)),
      h('td', {}, h('code', {}, formatSchedule(timer.schedule)), h('small', {}, timer.timezone)),
      h('td', { class: 'number' }, timer.enabled && timer.next ? formatFrom(timer.next, now) : 'off'),
      h('td', { class: 'number quiet' }, timer.last ? `fired ${formatFrom(timer.last, now)}` : 'not fired yet'),
      h(
        'td',
        { class: 'number' },
        h(
          'button',
          { type: 'button', class: 'small', onclick: () => actions.fire(service, fn, timer.name) },
          'Fire now',
        ),
      ),
    ),
  )
}
