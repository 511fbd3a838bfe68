import {
  type Artifact,
  type Begun,
  type Call,
  type Connection,
  type ConnectOptions,
  type Connector,
  codeMarks,
  type DeployedUrl,
  type Deployment,
  type LogLine,
  type LogQuery,
  ownBucket,
  type Resource,
  type Tree,
  writeSeal,
} from '@anyfaas/kit'
import { Api } from '../../account/api.ts'
import { apiConfig, findPlace } from '../../account/identity.ts'
import { scheduleGroup } from '../ids.ts'
import { AliasKind } from './alias-kind.ts'
import { apiKinds } from './api-kinds.ts'
import { CodeBucket } from './code-bucket.ts'
import { domainKinds } from './domain-kinds.ts'
import { beforehand } from './examine.ts'
import { expand } from './expand.ts'
import { FunctionKind } from './function-kind.ts'
import { Gateway } from './gateway.ts'
import { KindDriver } from './kind.ts'
import { LogGroupKind } from './log-group-kind.ts'
import { LogSubscriptionKind } from './log-subscription-kind.ts'
import { readLogs } from './logs.ts'
import { Marked } from './marked.ts'
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
import type { Reach, Site } from './site.ts'
import { SourceKind } from './source-kind.ts'
import { SubscriptionKind } from './subscription-kind.ts'
import { TopicRuleKind } from './topic-rule-kind.ts'

export const connector: Connector = {
  beforehand,
  connect: async (options) => await connectTo(await reachOf(options), options),
  begin,
}

function begin(options: Omit<ConnectOptions, 'artifacts'>, { signal, note }: Call): Begun {
  const ended = new AbortController()
  const call = { note, signal: AbortSignal.any([signal, ended.signal]) }
  const reach = reachOf(options, call.signal)
  const began = reach.then(({ reads, place }) =>
    Promise.all([place, reads.roles.begin(call), reads.gateway.begin(call)]),
  )
  // What was refused is told to whoever asks for it.
  began.catch(() => undefined)
  return {
    connect: async (full) => await connectTo(await reach, full),
    close: async () => {
      ended.abort()
      await reach.then(
        ({ api }) => api.close(),
        () => undefined,
      )
    },
  }
}

interface Reaching {
  readonly api: Api
  readonly reads: Reads
  readonly place: ReturnType<typeof findPlace>
}

async function reachOf(
  { service, env, ...asking }: Omit<ConnectOptions, 'artifacts'>,
  signal?: AbortSignal,
): Promise<Reaching> {
  const api = new Api(await apiConfig(service, env), asking)
  const reads = readsOf({ api, service })
  return { api, reads, place: findPlace({ api, service }, reads.ours, { signal, isExamined: asking.isExamined }) }
}

async function connectTo({ api, reads, place: found }: Reaching, options: ConnectOptions): Promise<Connection> {
  const { service, artifacts, env, heldAlias } = options
  try {
    const { place, refused } = await found
    const seals = sealsOf(artifacts)
    const secret = (name: string): string | undefined => env[name]
    const site: Site = { api, service, artifacts, seals, place, secret, heldAlias, ...(refused && { refused }) }
    return new LambdaConnection(site, new CodeBucket(site, ownBucket(env)), reads)
  } catch (cause) {
    await api.close()
    throw cause
  }
}

// What several drivers look for, and what is read before they are there; once for a plan.
interface Reads {
  readonly marked: Marked
  readonly ours: OurFunctions
  readonly gateway: Gateway
  readonly newRoles: NewRoles
  readonly roles: RoleKind
}

function readsOf(reach: Reach): Reads {
  const marked = new Marked(reach)
  const newRoles = new NewRoles()
  const roles = new RoleKind(reach, newRoles)
  return { marked, ours: new OurFunctions(reach, marked), gateway: new Gateway(reach), newRoles, roles }
}

class LambdaConnection implements Connection {
  readonly drivers
  readonly operations
  readonly width
  readonly #site: Site
  readonly #ours: OurFunctions
  readonly #bucket: CodeBucket

  constructor(site: Site, bucket: CodeBucket, { ours, marked, gateway, roles, newRoles }: Reads) {
    this.#site = site
    this.#bucket = bucket
    this.#ours = ours
    // Most of a step is waiting for the platform. But a request with code holds that code while it waits for its turn.
    const inline = site.artifacts.filter((artifact) => !bucket.takes(artifact)).map(({ bytes }) => bytes)
    this.width = Math.min(64, Math.max(4, Math.floor(CODE_IN_FLIGHT_BYTES / Math.max(1, ...inline))))
    const permissions = new PermissionKind(site, ours)
    this.operations = makeOperations({ site, ours, permissions, gateway, codeBucket: bucket })
    const provisioned = new ProvisionedKind(site, ours)
    const kinds = [
      roles,
      new LogGroupKind(site, marked),
      new FunctionKind(site, { ours, bucket, roles: newRoles }),
      new AliasKind(site, ours, provisioned),
      provisioned,
      ...PARTS.map((part) => partKind(part, site, ours)),
      ...apiKinds(gateway, site, ours),
      ...domainKinds(site, gateway),
      permissions,
      new SourceKind(site, ours),
      new RuleKind(site, permissions, marked),
      new NotificationKind(site, permissions),
      new SubscriptionKind(site, ours, permissions),
      new LogSubscriptionKind(site, permissions),
      new TopicRuleKind(site, permissions, marked),
      ...scheduleKinds(site, scheduleGroup(site.service), { marked, roles: newRoles }),
    ]
    this.drivers = kinds.map((kind) => new KindDriver(kind))
  }

  expand(resources: readonly Resource[]): readonly Resource[] {
    const { service, place, artifacts, heldAlias, refused } = this.#site
    if (refused) throw refused
    return expand(resources, { service, place, marks: codeMarks(artifacts), heldAlias })
  }

  async info(call: Call): Promise<Deployment | undefined> {
    // What was read before something was changed may be otherwise now.
    const now = this.#site.api.hasChanged ? new LambdaConnection(this.#site, this.#bucket, readsOf(this.#site)) : this
    return await now.#info(call)
  }

  async #info(call: Call): Promise<Deployment | undefined> {
    const functions = await this.#ours.list(call)
    if (functions.length === 0) return undefined
    const urls = new Map<string, DeployedUrl[]>(functions.map(({ fn }) => [fn, []]))
    for (const { fn, ...url } of await this.#urls(call)) urls.get(fn)?.push(url)
    return {
      platform: 'AWS Lambda',
      functions: functions.map(({ fn, live }) => ({
        name: fn,
        // A list names a function that is there; its state is told by a call of its own.
        state: String(live['State'] ?? 'Active'),
        digest: `sha256:${Buffer.from(String(live['CodeSha256']), 'base64').toString('hex')}`,
        urls: urls.get(fn) ?? [],
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
      await this.#site.api.close()
    }
  }

  async #urls(call: Call): Promise<(DeployedUrl & { readonly fn: string })[]> {
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

function sealsOf(artifacts: readonly Artifact[]): Record<string, string> {
  const zips = artifacts.filter(({ kind }) => kind === 'zip')
  const all = zips.flatMap(({ digest, marks }) => {
    // As the platform tells it.
    const checksum = Buffer.from(digest.slice('sha256:'.length), 'hex').toString('base64')
    return Object.entries(marks).map(([fn, mark]) => [fn, writeSeal({ mark, checksum })] as const)
  })
  return Object.fromEntries(all)
}
