import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import {
  type Artifact,
  type Call,
  type Connection,
  type Connector,
  codeMarks,
  type Deployment,
  deployedName,
  type LogLine,
  type LogQuery,
  type Resource,
  type Tree,
  writeSeal,
} from '@anyfaas/kit'
import { Api } from '../../account/api.ts'
import { apiConfig, findPlace } from '../../account/identity.ts'
import { AliasKind } from './alias-kind.ts'
import { apiKinds, Gateway } from './api-kinds.ts'
import { BUCKET_VARIABLE, CodeBucket } from './code-bucket.ts'
import { domainKinds } from './domain-kinds.ts'
import { expand } from './expand.ts'
import { FunctionKind } from './function-kind.ts'
import { KindDriver } from './kind.ts'
import { LogGroupKind } from './log-group-kind.ts'
import { LogSubscriptionKind } from './log-subscription-kind.ts'
import { readLogs } from './logs.ts'
import { NewRoles } from './new-roles.ts'
import { NotificationKind } from './notification-kind.ts'
import { makeOperations } from './operations.ts'
import { OurFunctions } from './our-functions.ts'
import { PARTS, partKind } from './parts.ts'
import { PermissionKind } from './permission-kind.ts'
import { ProvisionedKind } from './provisioned-kind.ts'
import { RoleKind } from './role-kind.ts'
import { RuleKind } from './rule-kind.ts'
import { scheduleKinds } from './schedule-kinds.ts'
import type { Site } from './site.ts'
import { SourceKind } from './source-kind.ts'
import { SubscriptionKind } from './subscription-kind.ts'
import { TopicRuleKind } from './topic-rule-kind.ts'

export const connector: Connector = {
  async connect(options) {
    const { service, artifacts, env, heldAlias } = options
    const api = new Api(await apiConfig(service, env))
    try {
      const place = await findPlace(api, service)
      const seals = await sealsOf(artifacts)
      const secret = (name: string): string | undefined => env[name]
      const site: Site = { api, service, artifacts, seals, place, secret, heldAlias }
      const bucket = new CodeBucket(site, env[BUCKET_VARIABLE] || undefined)
      return new LambdaConnection(site, bucket)
    } catch (cause) {
      api.close()
      throw cause
    }
  },
}

class LambdaConnection implements Connection {
  readonly drivers
  readonly operations
  readonly width
  readonly #site: Site
  readonly #ours: OurFunctions
  readonly #bucket: CodeBucket

  constructor(site: Site, bucket: CodeBucket) {
    this.#site = site
    this.#bucket = bucket
    const ours = new OurFunctions(site)
    this.#ours = ours
    this.operations = makeOperations(site, ours)
    // Most of a step is waiting for the platform. But a request with code holds that code while it waits for its turn.
    const inline = site.artifacts.filter((artifact) => !bucket.takes(artifact)).map(({ bytes }) => bytes)
    this.width = Math.min(64, Math.max(4, Math.floor(CODE_IN_FLIGHT_BYTES / Math.max(1, ...inline))))
    const { name, stage } = site.service
    const group = deployedName([name, stage], SCHEDULE_GROUP)
    const gateway = new Gateway(site)
    const permissions = new PermissionKind(site, ours)
    const provisioned = new ProvisionedKind(site, ours)
    const roles = new NewRoles()
    const kinds = [
      new RoleKind(site, roles),
      new LogGroupKind(site),
      new FunctionKind(site, { ours, bucket, roles }),
      new AliasKind(site, ours, provisioned),
      provisioned,
      ...PARTS.map((part) => partKind(part, site, ours)),
      ...apiKinds(gateway, site, ours),
      ...domainKinds(site, gateway),
      permissions,
      new SourceKind(site, ours),
      new RuleKind(site, permissions),
      new NotificationKind(site, permissions),
      new SubscriptionKind(site, ours, permissions),
      new LogSubscriptionKind(site, permissions),
      new TopicRuleKind(site, permissions),
      ...scheduleKinds(site, group, roles),
    ]
    this.drivers = kinds.map((kind) => new KindDriver(kind))
  }

  expand(resources: readonly Resource[]): readonly Resource[] {
    const { service, place, artifacts, heldAlias } = this.#site
    return expand(resources, { service, place, marks: codeMarks(artifacts), heldAlias })
  }

  async info(call: Call): Promise<Deployment | undefined> {
    // What was read before something was changed may be otherwise now.
    const now = this.#site.api.hasChanged ? new LambdaConnection(this.#site, this.#bucket) : this
    return await now.#info(call)
  }

  async #info(call: Call): Promise<Deployment | undefined> {
    const functions = await this.#ours.list(call)
    if (functions.length === 0) return undefined
    const urls = await this.#urls(call)
    return {
      platform: 'AWS Lambda',
      functions: functions.map(({ fn, live }) => ({
        name: fn,
        // A list names a function that is there; its state is told by a call of its own.
        state: String(live['State'] ?? 'Active'),
        digest: `sha256:${Buffer.from(String(live['CodeSha256']), 'base64').toString('hex')}`,
        urls: urls.filter((one) => one.fn === fn).map(({ methods, url }) => ({ methods, url })),
        notes: [],
      })),
    }
  }

  logs(query: LogQuery, call: Call): AsyncIterable<LogLine> {
    return readLogs(this.#site, this.#ours, query, call)
  }

  async close(): Promise<void> {
    try {
      await this.#bucket.clear()
    } finally {
      this.#site.api.close()
    }
  }

  async #urls(call: Call): Promise<{ fn: string; methods: string[]; url: string }[]> {
    const [api] = await this.#live('aws:api', call)
    const routes = (await this.#live('aws:route', call)).map(({ fn = '', value }) => {
      const [method = '', path = '/'] = String(value['RouteKey']).split(' ')
      const methods = method === 'ANY' || method === '$default' ? [] : [method]
      return { fn, methods, url: `${api?.value['ApiEndpoint']}${path}` }
    })
    const own = (await this.#live('aws:url', call)).map(({ fn = '', value }) => ({
      fn,
      methods: [],
      url: String(value['FunctionUrl']),
    }))
    return [...routes, ...own]
  }

  async #live(type: string, call: Call): Promise<readonly { fn?: string; value: Tree }[]> {
    const driver = this.drivers.find((one) => one.type === type)
    return driver?.listed ?? (await driver?.list(call, [])) ?? []
  }
}

const CODE_IN_FLIGHT_BYTES = 512 * 1024 * 1024

const SCHEDULE_GROUP = { pattern: /^[\w.-]+$/, maxLength: 64, words: '' }

async function sealsOf(artifacts: readonly Artifact[]): Promise<Record<string, string>> {
  const zips = artifacts.filter(({ kind }) => kind === 'zip')
  const all = zips.map(async ({ path, marks }) => {
    const hash = createHash('sha256')
    await pipeline(createReadStream(path), hash)
    // As the platform tells it.
    const checksum = hash.digest('base64')
    return Object.entries(marks).map(([fn, mark]) => [fn, writeSeal({ mark, checksum })] as const)
  })
  return Object.fromEntries((await Promise.all(all)).flat())
}
