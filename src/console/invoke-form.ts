import { ask, send } from './api.ts'
import { h } from './dom.ts'
import { formatMs } from './format.ts'
import type { Found } from './model.ts'

const MOST_SHOWN = 200_000

/** Calls a function: a request of one's own, or the data of an event. It looks after its own elements. */
export class InvokeForm {
  readonly element: HTMLElement
  readonly #key: string
  readonly #target: string
  readonly #method: HTMLSelectElement
  readonly #path: HTMLInputElement
  readonly #headers: HTMLTextAreaElement
  readonly #body: HTMLTextAreaElement
  readonly #result = h('div', { class: 'result', role: 'status', 'aria-live': 'polite' })

  constructor({ key, service, fn }: Found) {
    this.#key = key
    this.#target = `function/${encodeURIComponent(`${fn.name}.${service.namespace}`)}`
    const [route] = fn.routes
    this.#method = select(
      'Method',
      ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
      route?.methods[0] ?? (route ? 'GET' : 'POST'),
    )
    this.#path = h('input', {
      class: 'path',
      name: 'path',
      'aria-label': 'Path and query',
      spellcheck: 'false',
      value: pathOf(route?.path),
    }) as HTMLInputElement
    this.#headers = area('headers', 'Headers, one a line', 2)
    this.#body = area('body', 'Body', 5)
    const templates = select('Event template', [''], '')
    templates.options[0]?.replaceChildren('a body from a template…')
    void this.#offer(templates)
    const lines = [h('div', { class: 'line' }, this.#method, this.#path), h('div', { class: 'line' }, templates)]
    const headers = h('details', {}, h('summary', {}, 'Headers'), this.#headers)
    const form = this.#form(...lines, this.#body, headers)
    const place = { class: 'invoke', 'data-own': true, 'data-key': `invoke ${key}` }
    this.element = h('div', place, h('h3', {}, 'Call it'), form)
  }

  #form(...fields: readonly HTMLElement[]): HTMLElement {
    const call = h('button', { type: 'submit' }, 'Call', h('kbd', {}, '⌃↵'))
    const later = h('button', { type: 'button', class: 'plain' }, 'Call later')
    later.onclick = () => void this.#send('async-')
    const form = h('form', {}, ...fields, h('div', { class: 'line' }, call, later), this.#result)
    form.onsubmit = (event) => {
      event.preventDefault()
      void this.#send('')
    }
    form.onkeydown = (event) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void this.#send('')
    }
    return form
  }

  isFor(key: string): boolean {
    return this.#key === key
  }

  focus(): void {
    this.#path.focus()
    this.#path.select()
  }

  // The data of the kinds of events, as they are on every platform.
  async #offer(templates: HTMLSelectElement): Promise<void> {
    const samples = await ask<Record<string, unknown>>('samples.json').catch(() => ({}) as Record<string, unknown>)
    templates.append(...Object.keys(samples).map((kind) => h('option', { value: kind }, kind)))
    templates.onchange = () => {
      if (!templates.value) return
      this.#body.value = JSON.stringify(samples[templates.value], null, 2)
      if (this.#method.value === 'GET') this.#method.value = 'POST'
      templates.value = ''
      this.#body.focus()
    }
  }

  async #send(way: '' | 'async-'): Promise<void> {
    const began = performance.now()
    this.#result.replaceChildren(h('p', { class: 'quiet' }, '…'))
    try {
      const body = this.#body.value
      const method = way ? 'POST' : this.#method.value
      const headers = headersIn(this.#headers.value)
      if (body && !headers.has('content-type'))
        headers.set('content-type', isJson(body) ? 'application/json' : 'text/plain')
      const path = this.#path.value.startsWith('/') ? this.#path.value : `/${this.#path.value}`
      const sent = body && method !== 'GET' ? { body } : {}
      const response = await send(`/${way}${this.#target}${path}`, { method, headers, ...sent })
      this.#show(response, await response.text(), performance.now() - began)
    } catch (failure) {
      this.#result.replaceChildren(h('p', { class: 'red' }, (failure as Error).message))
    }
  }

  #show(response: Response, text: string, tookMs: number): void {
    const { status } = response
    const names = ['content-type', 'x-request-id', 'x-error-class', 'x-call-id']
    const headers = names.flatMap((name) =>
      response.headers.get(name) ? [`${name}: ${response.headers.get(name)}`] : [],
    )
    this.#result.replaceChildren(
      h(
        'p',
        {},
        h('span', { class: `tag s${String(status)[0]}` }, h('b', {}, String(status))),
        ` ${formatMs(tookMs)} `,
        h('small', {}, headers.join('   ')),
      ),
      h('pre', { tabindex: 0 }, pretty(text).slice(0, MOST_SHOWN) || '(no body)'),
    )
  }
}

function select(label: string, values: readonly string[], chosen: string): HTMLSelectElement {
  const options = values.map((value) => h('option', { value, selected: value === chosen }, value))
  return h('select', { 'aria-label': label }, ...options) as HTMLSelectElement
}

function area(name: string, label: string, rows: number): HTMLTextAreaElement {
  return h('textarea', {
    name,
    rows,
    'aria-label': label,
    placeholder: label,
    spellcheck: 'false',
  }) as HTMLTextAreaElement
}

function pathOf(path: string | undefined): string {
  return (path ?? '/').replace(/\*$/, '').replace(/:\w+/g, '1')
}

function headersIn(text: string): Headers {
  const pairs = text.split('\n').flatMap((line): [string, string][] => {
    const at = line.indexOf(':')
    return at > 0 ? [[line.slice(0, at).trim(), line.slice(at + 1).trim()]] : []
  })
  return new Headers(pairs)
}

function pretty(text: string): string {
  return isJson(text) ? JSON.stringify(JSON.parse(text), null, 2) : text
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    // It is text.
    return false
  }
}
