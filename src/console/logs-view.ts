import { type LogLine, type Service, send, servicePath } from './api.ts'
import { h } from './dom.ts'
import { formatClock } from './format.ts'

const MOST_LINES = 2000
const TAIL = 200
const RETRY_MS = 2000

/** The log of services as it comes. It looks after its own elements. */
export class LogsView {
  readonly element: HTMLElement
  readonly #list = h('ol', { class: 'lines', tabindex: 0, 'aria-label': 'Log lines' })
  readonly #follows = new Map<string, AbortController>()
  #only: string | undefined
  #isPaused = false

  constructor() {
    const pause = h('button', { type: 'button', class: 'small', 'aria-pressed': 'false' }, 'Pause')
    pause.onclick = () => {
      this.#isPaused = !this.#isPaused
      pause.setAttribute('aria-pressed', String(this.#isPaused))
      pause.textContent = this.#isPaused ? 'Go on' : 'Pause'
    }
    const clear = h('button', { type: 'button', class: 'small plain' }, 'Clear')
    clear.onclick = () => this.#list.replaceChildren()
    this.element = h(
      'div',
      { class: 'logs', 'data-own': true, 'data-key': 'logs' },
      h('div', { class: 'tools' }, pause, clear),
      this.#list,
    )
  }

  /** Shows the lines of these services, or of one function only. */
  follow(services: readonly Service[], only?: string): void {
    const wanted = new Map(services.map((service) => [`${service.namespace} ${only ?? ''}`, service]))
    if (only !== this.#only) this.#list.replaceChildren()
    this.#only = only
    for (const [key, control] of this.#follows) {
      if (wanted.has(key)) continue
      control.abort()
      this.#follows.delete(key)
    }
    for (const [key, service] of wanted) {
      if (this.#follows.has(key)) continue
      const control = new AbortController()
      this.#follows.set(key, control)
      void this.#read(service, only, control.signal)
    }
  }

  stop(): void {
    for (const control of this.#follows.values()) control.abort()
    this.#follows.clear()
  }

  async #read(service: Service, only: string | undefined, signal: AbortSignal): Promise<void> {
    let tail = TAIL
    while (!signal.aborted) {
      const query = new URLSearchParams({ follow: 'true', tail: String(tail), ...(only && { function: only }) })
      try {
        const response = await send(`${servicePath(service, 'logs')}?${query}`, { signal })
        if (response.ok && response.body) await this.#take(response.body)
      } catch {
        // The platform has gone, or the page has turned away; the loop knows which.
      }
      tail = 0
      if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
  }

  async #take(body: ReadableStream<Uint8Array>): Promise<void> {
    const reader = body.getReader()
    const decoder = new TextDecoder()
    let rest = ''
    for (;;) {
      const { value, done } = await reader.read()
      if (done) return
      const lines = (rest + decoder.decode(value, { stream: true })).split('\n')
      rest = lines.pop() ?? ''
      this.#add(lines.filter(Boolean).map((line) => JSON.parse(line) as LogLine))
    }
  }

  #add(lines: readonly LogLine[]): void {
    if (this.#isPaused) return
    const list = this.#list
    const isAtEnd = list.scrollTop + list.clientHeight >= list.scrollHeight - 30
    list.append(...lines.map(rowOf))
    while (list.childElementCount > MOST_LINES) list.firstElementChild?.remove()
    if (isAtEnd) list.scrollTop = list.scrollHeight
  }
}

const ESCAPE = String.fromCharCode(27)
const COLOURS = new RegExp(`${ESCAPE}\\[[0-9;]*m`, 'g')

function rowOf({ time, function: name, stream, text, requestId }: LogLine): HTMLElement {
  return h(
    'li',
    { class: stream, title: requestId && `request ${requestId}` },
    h('time', {}, formatClock(time)),
    h('span', { class: 'name' }, name),
    h('span', { class: 'text' }, text.replace(COLOURS, '')),
  )
}
