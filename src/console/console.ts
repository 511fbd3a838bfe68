import { ApiError, type AsyncCall, ask, type Fired, type Queue, type State, servicePath } from './api.ts'
import { callsView } from './calls-view.ts'
import { detailView } from './detail-view.ts'
import { h, keep, morph } from './dom.ts'
import { formatMs } from './format.ts'
import { functionsView } from './functions-view.ts'
import { History } from './history.ts'
import { InvokeForm } from './invoke-form.ts'
import { listenForKeys } from './keys.ts'
import { LogsView } from './logs-view.ts'
import { type Actions, findFunctions, type Model, type View } from './model.ts'
import { applyTheme, helpView, toggleTheme, tokenView, topBar } from './shell.ts'
import { timersView } from './timers-view.ts'

const LOOK_MS = 1000
const TOAST_MS = 4000

/** The page: looks at the platform every second and draws what it says. */
class Console {
  readonly #history = new History()
  readonly #logs = new LogsView()
  readonly #filter = h('input', {
    class: 'filter',
    type: 'search',
    placeholder: 'filter',
    'aria-label': 'Filter functions',
    'data-own': true,
    'data-key': 'filter',
  }) as HTMLInputElement
  readonly #toasts = h('div', {
    class: 'toasts',
    role: 'status',
    'aria-live': 'polite',
    'data-own': true,
    'data-key': 'toasts',
  })
  readonly #token = tokenView()
  #root: Element
  #form: InvokeForm | undefined
  #state: State | undefined
  #queue: Queue | undefined
  #calls: readonly AsyncCall[] = []
  #trouble: string | undefined
  #view: View = 'functions'
  #selected: string | undefined
  #isHelpOpen = false
  #isStranger = false

  constructor(root: Element) {
    this.#root = root
    this.#filter.oninput = () => this.draw()
    listenForKeys({
      ...this.#actions,
      move: (by) => this.#move(by),
      filter: () => this.#filter.focus(),
      invoke: () => this.#form?.focus(),
      leave: () => this.#leave(),
    })
  }

  async run(): Promise<never> {
    for (;;) {
      if (!document.hidden) await this.#look()
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    }
  }

  draw(): void {
    const model = this.#model()
    const found = findFunctions(model).find(({ key }) => key === this.#selected)
    if (found && !this.#form?.isFor(found.key)) this.#form = new InvokeForm(found)
    if (!found) this.#form = undefined
    const services = this.#state?.services ?? []
    const isLog = this.#view === 'logs'
    if (found || isLog) this.#logs.follow(found ? [found.service] : services, found?.fn.name)
    else this.#logs.stop()
    const side =
      found &&
      h(
        'aside',
        { 'data-key': 'side', 'aria-label': found.fn.name },
        detailView(found, model),
        this.#form && keep(this.#form.element),
        h('h3', {}, 'Log'),
        keep(this.#logs.element),
      )
    const next = h(
      'div',
      { id: 'app', class: found ? 'split' : '' },
      topBar(model, keep(this.#filter)),
      h(
        'main',
        { 'data-key': `view ${this.#view}` },
        this.#trouble && h('p', { class: 'trouble', role: 'alert' }, this.#trouble),
        this.#main(model, isLog && !found),
      ),
      side,
      this.#isHelpOpen && helpView(model),
      this.#isStranger && keep(this.#token),
      keep(this.#toasts),
    )
    this.#root = morph(this.#root, next)
  }

  #main(model: Model, withLogs: boolean): HTMLElement {
    if (this.#view === 'functions') return functionsView(model)
    if (this.#view === 'calls') return callsView(model)
    if (this.#view === 'timers') return timersView(model)
    return withLogs
      ? h('div', {}, keep(this.#logs.element))
      : h('p', { class: 'quiet' }, 'The log of the function is beside it.')
  }

  #model(): Model {
    return {
      state: this.#state,
      trouble: this.#trouble,
      history: this.#history,
      view: this.#view,
      selected: this.#selected,
      filter: this.#filter.value.trim(),
      queue: this.#queue,
      calls: this.#calls,
      now: Date.now(),
      isHelpOpen: this.#isHelpOpen,
      actions: this.#actions,
    }
  }

  async #look(): Promise<void> {
    try {
      const state = await ask<State>('/v1/state')
      this.#history.add(state, Date.now())
      this.#state = state
      this.#trouble = undefined
      await this.#lookAtCalls()
    } catch (failure) {
      this.#isStranger = failure instanceof ApiError && failure.status === 401
      this.#trouble =
        failure instanceof ApiError ? failure.message : 'The platform does not answer. It is looked for again.'
    }
    this.draw()
  }

  async #lookAtCalls(): Promise<void> {
    try {
      this.#queue = await ask<Queue>('/v1/async')
      if (this.#view !== 'calls') return
      const states = ['dead', 'running', 'waiting']
      const lists = states.map((state) => ask<{ calls: AsyncCall[] }>(`/v1/async/calls?state=${state}&limit=100`))
      this.#calls = (await Promise.all(lists)).flatMap(({ calls }) => calls)
    } catch (failure) {
      if (!(failure instanceof ApiError) || failure.status !== 404) throw failure
      this.#queue = undefined
    }
  }

  readonly #actions: Actions = {
    show: (view) => {
      this.#view = view
      this.draw()
      if (view === 'calls') void this.#look()
    },
    select: (key) => {
      this.#selected = key
      this.draw()
    },
    fire: (service, fn, timer) =>
      void this.#do(`Fire ${timer}`, async () => {
        const path = servicePath(service, 'functions', fn.name, 'timers', timer, 'fire')
        const { ok, durationMs, error } = await ask<Fired>(path, 'POST')
        if (!ok) throw new ApiError(500, `${timer} failed: ${error ?? ''}`)
        return `${timer} fired, ${formatMs(durationMs)}`
      }),
    replay: (id) =>
      void this.#do('Replay', async () => {
        await ask(`/v1/async/dead/${encodeURIComponent(id)}/replay`, 'POST')
        return 'The call waits again'
      }),
    replayAll: () =>
      void this.#do('Replay', async () => {
        const { replayed } = await ask<{ replayed: number }>('/v1/async/dead/replay', 'POST')
        return `${replayed} calls wait again`
      }),
    drop: (id) =>
      void this.#do('Drop', async () => {
        await ask(`/v1/async/dead/${encodeURIComponent(id)}`, 'DELETE')
        return 'Dropped'
      }),
    toggleTheme,
    toggleHelp: () => {
      this.#isHelpOpen = !this.#isHelpOpen
      this.draw()
    },
  }

  async #do(what: string, work: () => Promise<string>): Promise<void> {
    try {
      this.#toast(await work(), '')
    } catch (failure) {
      this.#toast(`${what}: ${(failure as Error).message}`, 'red')
    }
    await this.#look()
  }

  #toast(text: string, tone: string): void {
    const toast = h('p', { class: tone }, text)
    this.#toasts.append(toast)
    setTimeout(() => toast.remove(), TOAST_MS)
  }

  #move(by: 1 | -1): void {
    const keys = findFunctions(this.#model()).map(({ key }) => key)
    if (keys.length === 0) return
    const at = this.#selected === undefined ? -1 : keys.indexOf(this.#selected)
    const next = at < 0 ? (by > 0 ? 0 : keys.length - 1) : (at + by + keys.length) % keys.length
    this.#view = 'functions'
    this.#actions.select(keys[next])
    this.#root.querySelector(`[data-function="${CSS.escape(keys[next] ?? '')}"]`)?.scrollIntoView({ block: 'nearest' })
  }

  #leave(): void {
    const typed = document.activeElement
    if (typed instanceof HTMLElement && typed !== document.body) typed.blur()
    if (this.#isHelpOpen) this.#actions.toggleHelp()
    else if (typed === this.#filter && this.#filter.value) {
      this.#filter.value = ''
      this.draw()
    } else if (this.#selected !== undefined && (typed === document.body || typed?.matches('.card')))
      this.#actions.select(undefined)
  }
}

applyTheme()
const root = document.querySelector('#app')
if (root) void new Console(root).run()
