import type { AsyncCall, Fn, Queue, Service, State } from './api.ts'
import { type History, keyOf } from './history.ts'

export const VIEWS = ['functions', 'calls', 'timers', 'logs'] as const

export type View = (typeof VIEWS)[number]

/** Everything that the page shows, and what it can be asked for. */
export interface Model {
  readonly state: State | undefined
  /** Why there is nothing new. */
  readonly trouble: string | undefined
  readonly history: History
  readonly view: View
  /** The function that is looked at. */
  readonly selected: string | undefined
  readonly filter: string
  readonly queue: Queue | undefined
  readonly calls: readonly AsyncCall[]
  readonly now: number
  readonly isHelpOpen: boolean
  readonly actions: Actions
}

export interface Actions {
  show(view: View): void
  select(key: string | undefined): void
  fire(service: Service, fn: Fn, timer: string): void
  replay(id: string): void
  replayAll(): void
  drop(id: string): void
  toggleTheme(): void
  toggleHelp(): void
}

export interface Found {
  readonly key: string
  readonly service: Service
  readonly fn: Fn
}

/** All functions whose name or service holds the filter. */
export function findFunctions({ state, filter }: Pick<Model, 'state' | 'filter'>): Found[] {
  const wanted = filter.toLowerCase()
  return (state?.services ?? []).flatMap((service) =>
    service.functions
      .map((fn) => ({ key: keyOf(service, fn), service, fn }))
      .filter(({ key }) => key.toLowerCase().includes(wanted)),
  )
}
