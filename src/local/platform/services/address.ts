import type { IncomingMessage, ServerResponse } from 'node:http'
import { SlsError } from '@anyfaas/kit'
import type { Upgrade } from '../instances/exchange.ts'
import { candidatePorts, noPort } from '../instances/ports.ts'
import { Gateway, type GatewayOptions } from './gateway.ts'
import type { Reachable } from './reachable.ts'

/** Where a service answers: a gateway on a port, and another one when the service moves. */
export class Address {
  readonly #options: GatewayOptions | undefined
  readonly #before: number | undefined
  #gateway: Gateway
  #movedFrom: number | undefined

  /** `before` is the port that the service had when it was last there. */
  constructor(options: GatewayOptions | undefined, before: number | undefined) {
    this.#options = options
    this.#before = before
    this.#gateway = new Gateway(options)
  }

  /** Where it answers, or will answer. */
  get port(): number | undefined {
    return this.#gateway.port || this.#before
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  get notes(): readonly string[] {
    const moved = this.#movedFrom
    return moved === undefined ? [] : [`port ${moved} was taken by something else, so it answers on ${this.port}`]
  }

  /** Begins to answer, on the port that it had or on another one that nobody else has. Throws SLS7005 when a wanted one is taken. */
  async open(wanted: number | undefined, taken: ReadonlySet<number>): Promise<void> {
    const before = this.#before
    const isOpen = await this.#gateway.open(wanted === undefined ? candidatePorts(before, taken) : [wanted])
    if (!isOpen) throw new SlsError(noPort(wanted))
    if (wanted === undefined && before !== undefined && this.port !== before) this.#movedFrom = before
  }

  /** The gateway before, which still answers what it has. Throws SLS7005 when the port is taken, and stays where it is. */
  async moveTo(port: number): Promise<Gateway> {
    const gateway = new Gateway(this.#options)
    if (!(await gateway.open([port]))) throw new SlsError(noPort(port))
    const before = this.#gateway
    this.#gateway = gateway
    this.#movedFrom = undefined
    return before
  }

  /** Takes the place of what was reachable before. */
  publish(all: readonly Reachable[]): void {
    this.#gateway.publish(all)
  }

  /** As if the request had come to this address. */
  answer(request: IncomingMessage, response: ServerResponse): void {
    this.#gateway.answer(request, response)
  }

  /** The same, of a connection that asks for another protocol. */
  upgrade(asked: Pick<Upgrade, 'request' | 'socket' | 'head'>): void {
    void this.#gateway.upgrade(asked)
  }

  async close(): Promise<void> {
    await this.#gateway.close()
  }
}
