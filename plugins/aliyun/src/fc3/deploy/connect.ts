import { createReadStream } from 'node:fs'
import {
  ACCOUNT,
  type Artifact,
  type Call,
  type Connection,
  type ConnectOptions,
  type Connector,
  type Deployment,
  error,
  fillPlaceholders,
  httpTriggersOf,
  type LogLine,
  type Resource,
  SlsError,
  type Tree,
} from '@anyfaas/kit'
import { Crc64 } from '../../account/crc64.ts'
import { type Credentials, findCredentials } from '../../account/credentials.ts'
import { regionOf } from '../../region.ts'
import { Fc3Client } from './client.ts'
import { DomainDriver } from './domain-driver.ts'
import { expand } from './expand.ts'
import { FunctionDriver } from './function-driver.ts'
import { makeOperations } from './operations.ts'
import { OurFunctions } from './our-functions.ts'
import { PartDriver } from './part-driver.ts'
import { PARTS } from './parts.ts'
import type { Site } from './site.ts'
import { TriggerDriver } from './trigger-driver.ts'

export const connector: Connector = {
  async connect(options) {
    const { service, artifacts, env } = options
    const { endpoint, profile } = service.provider
    const credentials = await findCredentials(env, profile)
    const client = new Fc3Client({ credentials, region: regionOf(service), ...(endpoint && { endpoint }) })
    const site: Site = { client, service, artifacts, secret: (name) => env[name] }
    return new Fc3Connection(site, await checksumsOf(options), { env, credentials })
  },
}

class Fc3Connection implements Connection {
  readonly drivers
  readonly operations
  readonly width
  readonly #site: Site
  readonly #checksums: Readonly<Record<string, string>>
  readonly #ours: OurFunctions
  readonly #account: string | undefined

  constructor(site: Site, checksums: Readonly<Record<string, string>>, { env, credentials }: Deployer) {
    this.#site = site
    this.#checksums = checksums
    this.#account = site.service.provider.accountId ?? env['ALIBABA_CLOUD_ACCOUNT_ID']
    this.#ours = new OurFunctions(site)
    this.width = widthFor(site.artifacts)
    this.operations = makeOperations(site, this.#ours, { credentials, account: this.#account })
    const parts = PARTS.map((part) => new PartDriver(part, site, this.#ours))
    this.drivers = [
      new FunctionDriver(site, this.#ours),
      ...parts,
      new TriggerDriver(site, this.#ours),
      new DomainDriver(site, this.#ours),
    ]
  }

  expand(resources: readonly Resource[]): readonly Resource[] {
    const expanded = expand(resources, { service: this.#site.service, checksums: this.#checksums })
    const account = this.#account
    if (account === undefined && JSON.stringify(expanded).includes(ACCOUNT)) throw new SlsError(lacksAccount())
    return fillPlaceholders(expanded, { account })
  }

  async info(call: Call): Promise<Deployment | undefined> {
    const functions = await this.#ours.list(call, 'now')
    if (functions.length === 0) return undefined
    const described = functions.map(async ({ name, fn, live }) => {
      if (!this.#mayHaveUrl(fn)) return { name: fn, ...stateOf(live), urls: [], notes: [] }
      const path = `/functions/${name}/triggers`
      const triggers = await this.#site.client.list(
        { action: 'ListTriggers', path, about: `function/${fn}` },
        'triggers',
        call,
      )
      return {
        name: fn,
        ...stateOf(live),
        urls: triggers.flatMap(urlOf),
        notes: [],
      }
    })
    return { platform: 'Function Compute 3.0', functions: await Promise.all(described) }
  }

  // Triggers are listed function by function, so those that cannot have an address are left out.
  #mayHaveUrl(name: string): boolean {
    const fn = this.#site.service.functions.find((one) => one.name === name)
    return !fn || httpTriggersOf(fn).length > 0
  }

  // biome-ignore lint/correctness/useYield: the log service is another one, which this edition does not read yet
  async *logs(): AsyncGenerator<LogLine> {
    throw new SlsError(error('SLS2004', 'logs of Function Compute 3.0 cannot be read yet'))
  }

  async close(): Promise<void> {
    // The vendor's client keeps no connection.
  }
}

// Most of a step is waiting for the platform. But every request with code holds that code, in base64 and as JSON.
function widthFor(artifacts: readonly Artifact[]): number {
  const largest = Math.max(1, ...artifacts.map(({ bytes }) => bytes))
  return Math.min(64, Math.max(4, Math.floor(CODE_IN_FLIGHT_BYTES / (largest * 3))))
}

const CODE_IN_FLIGHT_BYTES = 256 * 1024 * 1024

interface Deployer {
  readonly env: ConnectOptions['env']
  readonly credentials: Credentials
}

function stateOf({ state, codeChecksum }: Tree): { state: string; digest: string } {
  return { state: String(state ?? 'Active'), digest: `crc64:${codeChecksum}` }
}

function urlOf(trigger: Tree): { methods: string[]; url: string }[] {
  const url = (trigger['httpTrigger'] as Tree | undefined)?.['urlInternet']
  if (typeof url !== 'string') return []
  const { methods = [] } = JSON.parse(String(trigger['triggerConfig'] || '{}')) as { methods?: string[] }
  return [{ methods, url }]
}

async function checksumsOf({ artifacts }: ConnectOptions): Promise<Record<string, string>> {
  const all = artifacts.map(async ({ path, handlers }) => {
    const crc = new Crc64()
    for await (const chunk of createReadStream(path)) crc.update(chunk as Buffer)
    const checksum = crc.digest()
    return Object.keys(handlers).map((fn) => [fn, checksum] as const)
  })
  return Object.fromEntries((await Promise.all(all)).flat())
}

function lacksAccount(): ReturnType<typeof error> {
  return error('SLS5006', 'a trigger of the service needs the id of the account', {
    help: ['provider.accountId, or ALIBABA_CLOUD_ACCOUNT_ID in the environment'],
  })
}
