import type { Fn, Service } from './api.ts'
import { sparkline } from './chart.ts'
import { h } from './dom.ts'
import { formatAge, formatCount, formatMs, formatRate } from './format.ts'
import { type Found, findFunctions, type Model } from './model.ts'

/** All functions as cards, by service, with what they do at a glance. */
export function functionsView(model: Model): HTMLElement {
  const found = findFunctions(model)
  const services = (model.state?.services ?? []).filter((service) => found.some((one) => one.service === service))
  if (services.length === 0) return empty(model)
  return h(
    'div',
    {},
    totals(model, found),
    ...services.map((service) =>
      h(
        'section',
        { 'data-key': service.namespace },
        h(
          'h2',
          {},
          service.service,
          h('small', {}, service.stage),
          h('a', { href: service.url, target: '_blank', rel: 'noreferrer' }, service.url),
        ),
        ...service.notes.map((note) => h('p', { class: 'note' }, note)),
        h('div', { class: 'cards' }, ...found.filter((one) => one.service === service).map((one) => card(one, model))),
      ),
    ),
  )
}

function totals({ state, now }: Model, found: readonly Found[]): HTMLElement {
  const sum = (of: (fn: Fn) => number): number => found.reduce((total, { fn }) => total + of(fn), 0)
  const errors = sum(({ calls }) => calls.errors)
  const calls = sum((fn) => fn.calls.total)
  const busy = sum(({ instances }) => instances.length)
  return h(
    'div',
    { class: 'totals' },
    total(formatRate(sum(({ perSec }) => perSec)), 'calls a second', 'blue'),
    total(formatCount(calls), 'calls', ''),
    total(
      formatCount(errors),
      calls > 0 ? `failed, ${((errors / calls) * 100).toFixed(1)} %` : 'failed',
      errors > 0 ? 'red' : '',
    ),
    total(formatCount(busy), busy === 1 ? 'process' : 'processes', ''),
    total(state ? formatAge(now - Date.parse(state.started)) : '–', 'up', ''),
  )
}

function total(value: string, label: string, tone: string): HTMLElement {
  return h('div', { class: `total ${tone}` }, h('b', {}, value), h('span', {}, label))
}

function card({ key, service, fn }: Found, { history, selected, actions }: Model): HTMLElement {
  const samples = history.of(key)
  return h(
    'button',
    {
      class: `card ${selected === key ? 'selected' : ''}`,
      type: 'button',
      'data-key': key,
      'data-function': key,
      'aria-pressed': selected === key ? 'true' : 'false',
      onclick: () => actions.select(selected === key ? undefined : key),
    },
    h('span', { class: 'head' }, h('b', {}, fn.name), stateOf(fn)),
    h('span', { class: 'where' }, routesOf(fn, service)),
    sparkline(
      samples.map(({ perSec }) => perSec),
      '--blue',
      1,
    ),
    h(
      'span',
      { class: 'facts' },
      fact(formatRate(fn.perSec), '/s'),
      fact(fn.latencyMs ? formatMs(fn.latencyMs.p95) : '–', 'p95'),
      fact(String(fn.instances.length), fn.instances.length === 1 ? 'process' : 'processes'),
      fact(formatCount(fn.calls.errors), 'failed', fn.calls.errors > 0 ? 'red' : ''),
      fn.waiting > 0 && fact(String(fn.waiting), 'waiting', 'amber'),
    ),
  )
}

/** The state of a function in a word and a sign. */
export function stateOf(fn: Fn): HTMLElement {
  const isBlocked = fn.instances.some(({ state }) => state === 'blocked')
  const state = isBlocked ? 'blocked' : fn.state
  const tone = { running: 'green', idle: 'grey', blocked: 'red' }[state] ?? 'amber'
  return h('span', { class: `state ${tone}` }, state)
}

function fact(value: string, label: string, tone = ''): HTMLElement {
  return h('span', { class: tone }, h('b', {}, value), ` ${label}`)
}

function routesOf({ routes, timers, name }: Fn, _service: Service): string {
  const shown = routes.map(({ methods, path }) => `${methods.length > 0 ? methods.join(',') : 'ANY'} ${path}`)
  const timed = timers.map((timer) => `timer ${timer.name}`)
  return [...shown, ...timed].join('   ') || `/function/${name}`
}

function empty({ state, filter }: Model): HTMLElement {
  if (!state) return h('p', { class: 'empty' }, 'Looking for the platform…')
  if (filter) return h('p', { class: 'empty' }, `No function has “${filter}” in its name.`)
  return h(
    'p',
    { class: 'empty' },
    'Nothing is deployed. ',
    h('code', {}, 'sls deploy --provider local'),
    ' brings a service here.',
  )
}
