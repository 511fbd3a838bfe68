import { keepToken } from './api.ts'
import { h } from './dom.ts'
import { KEY_HELP } from './keys.ts'
import type { Model, View } from './model.ts'

const NAMES: Readonly<Record<View, string>> = { functions: 'Functions', calls: 'Calls', timers: 'Timers', logs: 'Logs' }

/** What stands above every view. */
export function topBar(model: Model, filter: Node): HTMLElement {
  const { view, state, trouble, actions, queue } = model
  const tabs = (Object.keys(NAMES) as View[]).map((name) =>
    h(
      'button',
      {
        type: 'button',
        role: 'tab',
        'data-view': name,
        'aria-selected': name === view ? 'true' : 'false',
        onclick: () => actions.show(name),
      },
      NAMES[name],
      name === 'calls' && queue !== undefined && queue.dead > 0 && h('i', { class: 'badge' }, String(queue.dead)),
    ),
  )
  const link = trouble
    ? h('span', { class: 'state red' }, 'not connected')
    : h('span', { class: 'state green' }, 'live')
  return h(
    'div',
    { class: 'bar-top', 'data-key': 'top' },
    h('strong', {}, 'anyfaas', h('small', {}, 'local')),
    h('nav', { role: 'tablist', 'aria-label': 'Views' }, ...tabs),
    filter,
    h('span', { class: 'fill' }),
    state && link,
    h(
      'button',
      {
        type: 'button',
        class: 'plain',
        title: 'Dark or light (t)',
        'aria-label': 'Dark or light',
        onclick: () => actions.toggleTheme(),
      },
      '◐',
    ),
    h(
      'button',
      { type: 'button', class: 'plain', title: 'Keys (?)', 'aria-label': 'Keys', onclick: () => actions.toggleHelp() },
      '?',
    ),
  )
}

/** The keys, over the page. */
export function helpView({ actions }: Model): HTMLElement {
  const rows = KEY_HELP.map(([keys, says]) => h('tr', {}, h('td', {}, h('kbd', {}, keys)), h('td', {}, says)))
  return h(
    'div',
    { class: 'veil', 'data-key': 'help', onclick: () => actions.toggleHelp() },
    h(
      'div',
      { class: 'sheet', role: 'dialog', 'aria-label': 'Keys' },
      h('h2', {}, 'Keys'),
      h('table', {}, h('tbody', {}, ...rows)),
    ),
  )
}

/** Asks for the token when the address has not brought it. */
export function tokenView(): HTMLElement {
  const input = h('input', {
    name: 'token',
    type: 'password',
    'aria-label': 'Token',
    autocomplete: 'off',
    placeholder: 'token',
  }) as HTMLInputElement
  const form = h(
    'form',
    {},
    h('h2', {}, 'Who are you?'),
    h(
      'p',
      {},
      h('code', {}, 'sls console'),
      ' prints an address that brings the token with it. It stands in ',
      h('code', {}, 'platform.json'),
      ' too.',
    ),
    h('div', { class: 'line' }, input, h('button', { type: 'submit' }, 'Open')),
  )
  form.onsubmit = (event) => {
    event.preventDefault()
    keepToken(input.value.trim())
    location.reload()
  }
  return h('div', { class: 'veil solid', 'data-own': true, 'data-key': 'token' }, h('div', { class: 'sheet' }, form))
}

const THEME_KEY = 'anyfaas-theme'

export function applyTheme(): void {
  const kept = localStorage.getItem(THEME_KEY)
  if (kept) document.documentElement.dataset['theme'] = kept
}

export function toggleTheme(): void {
  const own = document.documentElement.dataset['theme']
  const isDark = own ? own === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches
  localStorage.setItem(THEME_KEY, isDark ? 'light' : 'dark')
  applyTheme()
}
