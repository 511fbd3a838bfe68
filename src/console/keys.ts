import { VIEWS, type View } from './model.ts'

/** What keys do; nothing while somebody types. */
export interface KeyActions {
  show(view: View): void
  move(by: 1 | -1): void
  filter(): void
  invoke(): void
  toggleTheme(): void
  toggleHelp(): void
  /** Leaves what is open, the innermost first. */
  leave(): void
}

export const KEY_HELP: readonly (readonly [string, string])[] = [
  ['1 … 4', 'functions, calls, timers, logs'],
  ['j  k', 'the next function, the one before'],
  ['/', 'filter by name'],
  ['i', 'call the function'],
  ['Ctrl Enter', 'send the call'],
  ['t', 'dark, light'],
  ['Esc', 'leave'],
  ['?', 'these keys'],
]

export function listenForKeys(actions: KeyActions): void {
  addEventListener('keydown', (event) => {
    if (event.key === 'Escape') return actions.leave()
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
    const view = VIEWS[Number(event.key) - 1]
    const run = view ? () => actions.show(view) : ACTIONS[event.key]?.(actions)
    if (!run) return
    event.preventDefault()
    run()
  })
}

const ACTIONS: Readonly<Record<string, (actions: KeyActions) => () => void>> = {
  j: (actions) => () => actions.move(1),
  k: (actions) => () => actions.move(-1),
  '/': (actions) => () => actions.filter(),
  i: (actions) => () => actions.invoke(),
  t: (actions) => () => actions.toggleTheme(),
  '?': (actions) => () => actions.toggleHelp(),
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)
}
