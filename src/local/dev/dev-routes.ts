import type { IncomingMessage } from 'node:http'
import { Router } from '@anyfaas/runtime'
import type { RouteSpec } from '../spec.ts'

/** Which function answers a request, also while no version of it works. */
export class DevRoutes {
  readonly #working = new Set<string>()
  readonly #routes = new Map<string, readonly RouteSpec[]>()
  #router = new Router<RouteSpec & { readonly name: string }>([])

  /** Says what will answer these routes, though nothing may work yet. */
  expect(name: string, routes: readonly RouteSpec[]): void {
    this.#routes.set(name, routes)
    this.#route()
  }

  /** Some version of the function works from now on. */
  works(name: string): void {
    this.#working.add(name)
  }

  remove(name: string): void {
    this.#working.delete(name)
    this.#routes.delete(name)
    this.#route()
  }

  /** Undefined when no function is known to answer it. */
  find({ method = 'GET', url = '/', headers }: IncomingMessage): { name: string; works: boolean } | undefined {
    const path = url.split('?', 1)[0] ?? url
    const direct = /^\/function\/([^/?]+)/.exec(path)?.[1]
    const asked = method === 'OPTIONS' ? headers['access-control-request-method'] : undefined
    const name = direct ?? this.#ownerOf(method, path) ?? (asked && this.#ownerOf(asked, path))
    if (!name || !this.#routes.has(name)) return undefined
    return { name, works: this.#working.has(name) }
  }

  #route(): void {
    const all = [...this.#routes].flatMap(([owner, own]) => own.map((route) => ({ ...route, name: owner })))
    this.#router = new Router(all)
  }

  #ownerOf(method: string, path: string): string | undefined {
    try {
      return this.#router.find(method, path)?.route.name
    } catch {
      // A broken escape: the gateway says so.
      return undefined
    }
  }
}
