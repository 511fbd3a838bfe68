import type { AsyncCall } from './api.ts'
import { h } from './dom.ts'
import { formatCount, formatFrom } from './format.ts'
import type { Model } from './model.ts'

/** Asynchronous calls: what waits, what runs, and what nobody could do. */
export function callsView(model: Model): HTMLElement {
  const { queue, calls, actions } = model
  if (!queue) return h('p', { class: 'empty' }, 'This platform has no queue.')
  const dead = calls.filter(({ state }) => state === 'dead')
  const live = calls.filter(({ state }) => state !== 'dead')
  return h(
    'div',
    {},
    h(
      'div',
      { class: 'totals' },
      total(queue.waiting, 'waiting', queue.waiting > 0 ? 'blue' : ''),
      total(queue.running, 'running', ''),
      queue.elsewhere > 0 && total(queue.elsewhere, 'on other platforms', ''),
      total(queue.dead, queue.dead === 1 ? 'dead letter' : 'dead letters', queue.dead > 0 ? 'red' : ''),
      total(queue.done, 'done', ''),
    ),
    h(
      'section',
      {},
      h(
        'h2',
        {},
        'Dead letters',
        dead.length > 1 &&
          h('button', { type: 'button', class: 'small', onclick: () => actions.replayAll() }, 'Replay all'),
      ),
      table(dead, model, 'None: every call has been done or is tried again.'),
    ),
    h('section', {}, h('h2', {}, 'Waiting and running'), table(live, model, 'None.')),
  )
}

function total(count: number, label: string, tone: string): HTMLElement {
  return h('div', { class: `total ${tone}` }, h('b', {}, formatCount(count)), h('span', {}, label))
}

function table(calls: readonly AsyncCall[], model: Model, none: string): HTMLElement {
  if (calls.length === 0) return h('p', { class: 'quiet' }, none)
  return h('table', { class: 'wide' }, h('tbody', {}, ...calls.map((call) => row(call, model))))
}

function row(call: AsyncCall, { now, actions }: Model): HTMLElement {
  const { id, state, service, stage, method, path, attempts, next, reason, accepted } = call
  const tone = { dead: 'red', running: 'green', waiting: 'blue' }[state]
  return h(
    'tr',
    { 'data-key': id },
    h('td', {}, h('b', {}, call.function), h('small', {}, `${service} · ${stage}`)),
    h('td', {}, h('code', {}, `${method} ${path}`), h('small', {}, id)),
    h('td', {}, h('span', { class: `state ${tone}` }, state), reason && h('small', {}, reason)),
    h(
      'td',
      { class: 'number' },
      `${attempts} attempt${attempts === 1 ? '' : 's'}`,
      next && h('small', {}, `again ${formatFrom(next, now)}`),
    ),
    h('td', { class: 'number quiet' }, formatFrom(accepted, now)),
    h(
      'td',
      { class: 'number' },
      state === 'dead' && h('button', { type: 'button', class: 'small', onclick: () => actions.replay(id) }, 'Replay'),
      state === 'dead' &&
        h(
          'button',
          { type: 'button', class: 'small plain', 'aria-label': `Drop ${id}`, onclick: () => actions.drop(id) },
          'Drop',
        ),
    ),
  )
}
