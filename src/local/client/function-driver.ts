import {
  type Artifact,
  type Call,
  type ConnectOptions,
  type Driver,
  error,
  type FieldRules,
  type Live,
  type Resource,
  SlsError,
} from '@anyfaas/kit'
import type { FunctionStatus, Removal } from '../api.ts'
import { FUNCTION, type FunctionSpec } from '../spec.ts'
import { PlatformGone } from './client.ts'
import type { Link } from './link.ts'

/** A deployed function: its spec, and the names of the secrets whose values the platform has and are still those. */
export type LiveFunction = FunctionSpec

/** Functions on the local platform. Throws SLS7003, SLS7005 and SLS7006 besides what the platform refuses. */
export class FunctionDriver implements Driver<FunctionSpec, LiveFunction> {
  readonly type = FUNCTION
  // An artifact with the same mark is as good, so the function keeps the one that it has.
  readonly rules: FieldRules = { artifact: 'ignore', digest: 'ignore', secrets: 'unordered', secretFiles: 'unordered' }
  readonly code = ['mark', 'handler']
  readonly #link: Link
  readonly #env: ConnectOptions['env']
  readonly #artifacts: readonly Artifact[]
  readonly #port: number | undefined

  constructor(link: Link, { env, artifacts, port }: ConnectOptions) {
    this.#link = link
    this.#env = env
    this.#artifacts = artifacts
    this.#port = port
  }

  async list(call: Call): Promise<readonly Live<LiveFunction>[]> {
    const status = await this.#link.status(call)
    const found = status?.functions.map(async (one) => ({
      id: `function/${one.spec.name}`,
      fn: one.spec.name,
      value: await this.#live(one, call),
    }))
    return await Promise.all(found ?? [])
  }

  async create({ spec }: Resource<FunctionSpec>, call: Call): Promise<LiveFunction> {
    const secrets = this.#reveal(spec)
    const { digest = '' } = spec
    const artifact = this.#artifacts.find((one) => one.digest === digest)
    if (!artifact) throw new Error(`no artifact ${digest} for function "${spec.name}"`)
    const body = { spec, secrets, ...(this.#port !== undefined && { port: this.#port }) }
    const path = this.#link.path('functions', spec.name)
    await this.#link.move(call)
    await this.#link.with(call, async (client) => {
      await client.upload(digest, artifact.path, call.signal)
      await client.ask({ method: 'PUT', path, body, signal: call.signal })
    })
    return spec
  }

  async update(resource: Resource<FunctionSpec>, _live: LiveFunction, call: Call): Promise<LiveFunction> {
    return await this.create(resource, call)
  }

  async delete({ value }: Live<LiveFunction>, call: Call): Promise<void> {
    const client = await this.#link.existing(call)
    if (!client) return
    const path = this.#link.path('functions', value.name)
    const removal = (await client.ask({ method: 'DELETE', path, signal: call.signal })) as Removal | undefined
    if (removal?.isLast) await client.gone()
  }

  project(live: LiveFunction): FunctionSpec {
    return live
  }

  retryable(failure: unknown): boolean {
    return failure instanceof PlatformGone
  }

  // The values of the deployer's environment are compared where the others are; they never come back.
  async #live({ spec, secrets: held }: FunctionStatus, call: Call): Promise<LiveFunction> {
    const known = held.flatMap((name) => (this.#env[name] === undefined ? [] : [[name, this.#env[name]] as const]))
    if (known.length === 0) return { ...spec, secrets: held }
    const path = this.#link.path('functions', spec.name, 'secrets')
    const same = (await this.#link.ask(
      { method: 'POST', path, body: Object.fromEntries(known) },
      call,
    )) as readonly string[]
    const isSame = (name: string): boolean => this.#env[name] === undefined || same.includes(name)
    return { ...spec, secrets: held.filter(isSame) }
  }

  #reveal(spec: FunctionSpec): Record<string, string> {
    const missing = spec.secrets.filter((name) => this.#env[name] === undefined)
    if (missing.length > 0) throw new SlsError(missing.map((name) => lacks(name, spec)))
    return Object.fromEntries(spec.secrets.map((name) => [name, this.#env[name] ?? '']))
  }
}

function lacks(name: string, spec: FunctionSpec): ReturnType<typeof error> {
  return error('SLS7006', `function "${spec.name}" needs the secret "${name}", which the environment does not have`, {
    help: [`${name}=… sls deploy, or a line in .env`],
  })
}
