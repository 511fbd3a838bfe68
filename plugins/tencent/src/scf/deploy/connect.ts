import {
  type Call,
  type Connection,
  type Connector,
  codeMarks,
  type Deployment,
  fillPlaceholders,
  httpTriggersOf,
  type LogLine,
  type LogQuery,
  MARKS,
  ownBucket,
  type Resource,
  readSeal,
  type Tree,
} from '@anyfaas/kit'
import { findCredentials } from '../../account/credentials.ts'
import { facts } from '../facts.ts'
import { ScfClient } from './client.ts'
import { CodeBucket } from './code-bucket.ts'
import { DomainDriver } from './domain-driver.ts'
import { beforehand, type Deployer } from './examine.ts'
import { expand } from './expand.ts'
import { FunctionDriver } from './function-driver.ts'
import { readLogs } from './logs.ts'
import { makeOperations } from './operations.ts'
import { type OurFunction, OurFunctions } from './our-functions.ts'
import type { Site } from './site.ts'
import { Account, tagMap } from './tags.ts'
import { TriggerDriver } from './trigger-driver.ts'

export const connector: Connector = {
  beforehand,
  async connect(options) {
    const { service, artifacts, env } = options
    const { endpoint, profile, region = facts.defaultRegion } = service.provider
    const credentials = await findCredentials(env, profile)
    const client = new ScfClient({ credentials, region, ...(endpoint && { endpoint }) }, options)
    const bucket = new CodeBucket(client, ownBucket(env), options)
    const secret = (name: string): string | undefined => env[name]
    const site = { client, service, artifacts, bucket, secret, account: new Account(client) }
    const { source, secretId, token } = credentials
    return new ScfConnection(site, { source, secretId, isSession: token !== undefined })
  },
}

class ScfConnection implements Connection {
  readonly drivers
  readonly operations
  readonly width
  readonly #site: Site
  readonly #ours: OurFunctions

  constructor(site: Site & { readonly account: Account }, deployer: Deployer) {
    this.#site = site
    this.#ours = new OurFunctions(site)
    this.operations = makeOperations(site, this.#ours, deployer)
    // Most of a step is waiting for the platform. But every request with code holds that code, in base64 and as JSON.
    const inline = site.artifacts.filter((artifact) => !site.bucket.takes(artifact))
    const largest = Math.max(1, ...inline.map(({ bytes }) => bytes))
    this.width = Math.min(64, Math.max(4, Math.floor(CODE_IN_FLIGHT_BYTES / (largest * 3))))
    this.drivers = [
      new FunctionDriver(site, this.#ours),
      new TriggerDriver(site, this.#ours),
      new DomainDriver(site, this.#ours),
    ]
  }

  expand(resources: readonly Resource[]): readonly Resource[] {
    const { service, artifacts, client } = this.#site
    return expand(fillPlaceholders(resources, { region: client.region }), { service, marks: codeMarks(artifacts) })
  }

  async lock(call: Call): Promise<() => Promise<void>> {
    await this.#ours.checkUnchanged(call)
    return async () => {
      // Nothing is held.
    }
  }

  async info(call: Call): Promise<Deployment | undefined> {
    const functions = await this.#ours.list(call, 'now')
    if (functions.length === 0) return undefined
    const described = functions.map(async (one) => ({
      name: one.fn,
      state: String(one.live['Status']),
      digest: `sha256:${readSeal(tagMap(one.live['Tags'])[MARKS.code])?.checksum ?? ''}`,
      urls: await this.#urlsOf(one, call),
      notes: [],
    }))
    return { platform: 'Tencent Cloud SCF', functions: await Promise.all(described) }
  }

  logs(query: LogQuery, call: Call): AsyncIterable<LogLine> {
    return readLogs(query, this.#site, this.#ours, call)
  }

  async close(): Promise<void> {
    // Idle connections do not keep the process alive.
    await this.#site.bucket.clear()
  }

  // Triggers are listed function by function, so those that cannot have an address are left out.
  async #urlsOf({ fn, name, namespace }: OurFunction, call: Call): Promise<{ methods: string[]; url: string }[]> {
    const known = this.#site.service.functions.find((one) => one.name === fn)
    if (known && httpTriggersOf(known).length === 0) return []
    const params = { FunctionName: name, Namespace: namespace }
    const request = { action: 'ListTriggers', params, field: 'Triggers', about: `function/${fn}` }
    return (await this.#site.client.list(request, call)).flatMap(({ Type, TriggerDesc }) => {
      if (Type !== 'http') return []
      const { NetConfig } = JSON.parse(String(TriggerDesc)) as { readonly NetConfig?: Tree }
      const url = NetConfig?.['ExtranetUrl'] || NetConfig?.['IntranetUrl']
      return typeof url === 'string' ? [{ methods: [], url }] : []
    })
  }
}

const CODE_IN_FLIGHT_BYTES = 256 * 1024 * 1024
