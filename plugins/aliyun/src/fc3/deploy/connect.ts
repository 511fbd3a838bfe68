import {
  type Call,
  type Connection,
  type Connector,
  checkStale,
  codeMarks,
  type Deployment,
  fillPlaceholders,
  type Listed,
  type LogLine,
  type LogQuery,
  type Operations,
  ownBucket,
  type Resource,
  type Tree,
} from '@anyfaas/kit'
import { AccessControl } from '../../account/access-control.ts'
import { findCredentials } from '../../account/credentials.ts'
import { patienceOf } from '../../account/lanes.ts'
import { LogService } from '../../account/log-service.ts'
import { Monitor } from '../../account/monitor.ts'
import { type AccountId, askAccount, checkAccount, mustKnow, saidAccount } from '../../deploy/account-id.ts'
import { borrowBucket, bucketsOf, CodeStore } from '../../deploy/code-store.ts'
import { beforehand, examine, type Policy, type Seen } from '../../deploy/examine.ts'
import { LogStoreDriver } from '../../deploy/log-store.ts'
import { logSource, readLogs } from '../../deploy/logs.ts'
import { readMetrics } from '../../deploy/metrics.ts'
import { NewRoles } from '../../deploy/new-roles.ts'
import { RoleDriver } from '../../deploy/role-driver.ts'
import { sealsOf, widthFor } from '../../deploy/seals.ts'
import { configOf, TriggerDriver, type TriggerEdition, triggersOf } from '../../deploy/trigger-driver.ts'
import { needsAccount, withTriggerRoles } from '../../deploy/trigger-roles.ts'
import { mayHaveUrl } from '../../deploy/urls.ts'
import { Fc2Client } from '../../fc2/deploy/client.ts'
import { regionOf } from '../../region.ts'
import { bucketIn } from './bucket.ts'
import { addressOf, type ClientOptions, Fc3Client } from './client.ts'
import { domainDriver } from './domains.ts'
import { expand } from './expand.ts'
import { FunctionDriver } from './function-driver.ts'
import { makeOperations } from './operations.ts'
import { type OurFunction, OurFunctions } from './our-functions.ts'
import { PartDriver } from './part-driver.ts'
import { PARTS } from './parts.ts'
import { policyFor } from './policy.ts'
import type { Site } from './site.ts'
import { triggerEdition } from './trigger-edition.ts'

export const connector: Connector = {
  async connect(options) {
    const { service, artifacts, env } = options
    const { endpoint, profile } = service.provider
    const reach = {
      credentials: await findCredentials(env, profile),
      region: regionOf(service),
      patience: patienceOf(options),
      ...(endpoint && { endpoint }),
    }
    const seals = await sealsOf(artifacts)
    const site: Site = { client: new Fc3Client(reach), service, artifacts, seals, secret: (name) => env[name] }
    const said = saidAccount({ service, env, ...reach })
    const told = said ?? (needsAccount(service) ? await askAccount(reach) : {})
    return new Fc3Connection(site, { ...reach, ...told, largeBucket: ownBucket(env) })
  },
  async beforehand({ service, env }, { signal }) {
    const buckets = bucketsOf(service, ownBucket(env), bucketIn)
    const rights = { region: regionOf(service), service, buckets }
    return await beforehand(service, (account, domains) => policyFor({ ...rights, account, domains }), signal)
  },
}

class Fc3Connection implements Connection {
  readonly drivers
  readonly operations
  readonly width
  readonly #site: Site
  readonly #ours: OurFunctions
  readonly #reach: Reach
  readonly #triggers: TriggerEdition

  constructor(site: Site, reach: Reach) {
    this.#site = site
    this.#reach = reach
    this.#ours = new OurFunctions(site)
    this.#triggers = triggerEdition(site, this.#ours)
    this.width = widthFor(site.artifacts)
    this.operations = this.#operations()
    const parts = PARTS.map((part) => new PartDriver(part, site, this.#ours))
    const made = new NewRoles()
    this.drivers = [
      new LogStoreDriver(new LogService(reach)),
      new RoleDriver({ service: site.service, access: new AccessControl(reach), made }),
      new FunctionDriver(site, this.#ours, codeStore(site, reach)),
      ...parts,
      new TriggerDriver(this.#triggers, made),
      domainDriver(site, this.#ours),
    ]
  }

  expand(resources: readonly Resource[]): readonly Resource[] {
    const expanded = expand(resources, { service: this.#site.service, marks: codeMarks(this.#site.artifacts) })
    const { region, account } = this.#reach
    checkAccount(expanded, this.#reach)
    const filled = fillPlaceholders(expanded, { account })
    const functionArns = ({ functionName }: Tree): readonly string[] => {
      const own = `acs:fc:${region}:${account}:functions/${functionName}`
      return [own, `${own}/*`]
    }
    return withTriggerRoles(filled, { service: this.#site.service, functionArns })
  }

  #operations(): Operations {
    const { region, endpoint } = this.#reach
    const address = addressOf(region, endpoint)
    const look = async (call: Call): Promise<Seen> => {
      const [all, own] = [await this.#ours.all(call), await this.#ours.list(call)]
      const found = `${all.length} functions, ${own.length} of this service and stage`
      return { found, domains: await domainDriver(this.#site, this.#ours).names(call) }
    }
    const { service } = this.#site
    const buckets = bucketsOf(service, this.#reach.largeBucket, bucketIn)
    const policy: Policy = (account, domains) => policyFor({ region, account, service, domains, buckets })
    return {
      ...makeOperations(this.#site, this.#ours),
      doctor: async (call) => await examine({ ...this.#reach, address, look: () => look(call), policy }, call.signal),
      metrics: async (query, call) => {
        const measured = (await this.#chosen(query.functions, call)).map(({ name, fn }) => ({
          fn,
          dimensions: { region, functionName: name },
        }))
        return await readMetrics(measured, query, new Monitor(this.#reach), call)
      },
    }
  }

  async lock(call: Call): Promise<() => Promise<void>> {
    const [planned, now] = [await this.#ours.list(call), await this.#ours.list(call, 'now')]
    checkStale(listed(planned), listed(now))
    return async () => {
      // Nothing is held.
    }
  }

  async info(call: Call): Promise<Deployment | undefined> {
    const functions = await this.#ours.list(call, 'now')
    if (functions.length === 0) return undefined
    const described = functions.map(async ({ name, fn, live }) => {
      const triggers = mayHaveUrl(this.#site.service, fn) ? await triggersOf(this.#triggers, name, call) : []
      return { name: fn, ...stateOf(live), urls: triggers.flatMap(urlOf), notes: [] }
    })
    return { platform: 'Function Compute 3.0', functions: await Promise.all(described) }
  }

  async *logs(query: LogQuery, call: Call): AsyncGenerator<LogLine> {
    const functions = await this.#chosen(query.functions, call)
    const sources = functions.map(({ name, fn, live }) =>
      logSource({ fn, name }, live['logConfig'], `__topic__:"FCLogs:${name}"`),
    )
    yield* readLogs(sources, query, new LogService(this.#reach), call)
  }

  async #chosen(names: readonly string[], call: Call): Promise<readonly OurFunction[]> {
    if (names.length === 0) return await this.#ours.list(call)
    return await Promise.all(names.map((fn) => this.#ours.one(fn, call)))
  }

  async close(): Promise<void> {
    // The vendor's client keeps no connection.
  }
}

function listed(functions: readonly OurFunction[]): ReadonlyMap<string, Listed> {
  return new Map(
    functions.map(({ name, live }) => {
      const isBusy = live['state'] === 'Pending' || live['lastUpdateStatus'] === 'InProgress'
      return [name, { changed: live['lastModifiedTime'], isBusy }]
    }),
  )
}

type Reach = ClientOptions & AccountId & { readonly largeBucket: string | undefined }

// The platform's own bucket for code is handed out by the older API only, as to the vendor's tools.
function codeStore({ service, artifacts }: Site, reach: Reach): CodeStore {
  return new CodeStore({
    ...reach,
    artifacts,
    prefix: `anyfaas/${service.name}-${service.stage}`,
    bucketOf: (fn) => bucketIn(service, fn),
    largeBucket: reach.largeBucket,
    async borrow(call) {
      const told = reach.account === undefined ? await askAccount(reach) : reach
      const account = mustKnow('code of more than 50 MB', told)
      return await borrowBucket(new Fc2Client({ ...reach, account }), account, call)
    },
  })
}

function stateOf({ state, codeChecksum }: Tree): { state: string; digest: string } {
  return { state: String(state ?? 'Active'), digest: `crc64:${codeChecksum}` }
}

function urlOf(trigger: Tree): { methods: string[]; url: string }[] {
  const url = (trigger['httpTrigger'] as Tree | undefined)?.['urlInternet']
  if (typeof url !== 'string') return []
  const { methods = [] } = configOf(trigger) as { methods?: string[] }
  return [{ methods, url }]
}
