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
  type MetricsQuery,
  ownBucket,
  type Resource,
  type Tree,
} from '@anyfaas/kit'
import { AccessControl } from '../../account/access-control.ts'
import { findCredentials } from '../../account/credentials.ts'
import { patienceOf } from '../../account/lanes.ts'
import { LogService } from '../../account/log-service.ts'
import { Monitor } from '../../account/monitor.ts'
import { askAccount, mustKnow, saidAccount } from '../../deploy/account-id.ts'
import { borrowBucket, bucketsOf, CodeStore } from '../../deploy/code-store.ts'
import { beforehand, examine, type Policy, type Seen } from '../../deploy/examine.ts'
import { LogStoreDriver } from '../../deploy/log-store.ts'
import { logSource, readLogs } from '../../deploy/logs.ts'
import { readMetrics } from '../../deploy/metrics.ts'
import { NewRoles } from '../../deploy/new-roles.ts'
import { RoleDriver } from '../../deploy/role-driver.ts'
import { sealsOf, widthFor } from '../../deploy/seals.ts'
import { configOf, TriggerDriver, type TriggerEdition, triggersOf } from '../../deploy/trigger-driver.ts'
import { withTriggerRoles } from '../../deploy/trigger-roles.ts'
import { mayHaveUrl } from '../../deploy/urls.ts'
import { regionOf } from '../../region.ts'
import { serviceName } from '../names.ts'
import { AsyncDriver } from './async-driver.ts'
import { bucketIn } from './bucket.ts'
import { addressOf, type ClientOptions, Fc2Client } from './client.ts'
import { domainDriver } from './domains.ts'
import { expand } from './expand.ts'
import { FunctionDriver } from './function-driver.ts'
import { makeOperations } from './operations.ts'
import { type OurFunction, OurService } from './our-service.ts'
import { policyFor } from './policy.ts'
import { ServiceDriver } from './service-driver.ts'
import type { Site } from './site.ts'
import { triggerEdition } from './trigger-edition.ts'

/** Edition 2.0. Its address has the account in it, so without one there is nothing to connect to: SLS5006. */
export const connector: Connector = {
  async connect(options) {
    const { service, artifacts, env } = options
    const { endpoint, profile } = service.provider
    const credentials = await findCredentials(env, profile)
    const region = regionOf(service)
    const place = { credentials, region, patience: patienceOf(options), ...(endpoint && { endpoint }) }
    const account = mustKnow('edition 2.0', saidAccount({ service, env, ...place }) ?? (await askAccount(place)))
    const reach = { ...place, account, largeBucket: ownBucket(env) }
    const site: Site = {
      client: new Fc2Client(reach),
      service,
      serviceName: serviceName(service),
      artifacts,
      seals: await sealsOf(artifacts),
      secret: (name) => env[name],
    }
    return new Fc2Connection(site, reach)
  },
  async beforehand({ service, env }, { signal }) {
    const buckets = bucketsOf(service, ownBucket(env), bucketIn)
    const rights = { region: regionOf(service), service, buckets }
    const policy: Policy = (account, domains) => policyFor({ ...rights, account, domains }, serviceName(service))
    return await beforehand(service, policy, signal)
  },
}

class Fc2Connection implements Connection {
  readonly drivers
  readonly operations
  readonly width
  readonly #site: Site
  readonly #ours: OurService
  readonly #reach: Reach
  readonly #triggers: TriggerEdition

  constructor(site: Site, reach: Reach) {
    const { service } = site
    const ours = new OurService(site)
    const code = codeStore(site, reach)
    const made = new NewRoles()
    this.#site = site
    this.#ours = ours
    this.#triggers = triggerEdition(site, ours)
    this.#reach = reach
    this.width = widthFor(site.artifacts)
    this.drivers = [
      new LogStoreDriver(new LogService(reach)),
      new RoleDriver({ service, access: new AccessControl(reach), made }),
      new ServiceDriver(site, ours, reach),
      new FunctionDriver(site, ours, code),
      new AsyncDriver(site, ours),
      new TriggerDriver(this.#triggers, made),
      domainDriver(site, ours),
    ]
    const buckets = bucketsOf(service, reach.largeBucket, bucketIn)
    const policy: Policy = (account, domains) =>
      policyFor({ ...reach, account, service, domains, buckets }, site.serviceName)
    const look = async (call: Call): Promise<Seen> => {
      const [all, own] = [await ours.functions(call), await ours.ours(call)]
      const found = `${all.length} functions in the service ${site.serviceName}, ${own.length} of them of ${service.name}`
      return { found, domains: await domainDriver(site, ours).names(call) }
    }
    this.operations = {
      ...makeOperations(site, ours),
      doctor: async (call: Call) =>
        await examine({ ...reach, address: addressOf(reach), look: () => look(call), policy }, call.signal),
      metrics: async (query: MetricsQuery, call: Call) => {
        const measured = (await this.#chosen(query.functions, call)).map(({ name, fn }) => ({
          fn,
          dimensions: { region: reach.region, serviceName: site.serviceName, functionName: name },
        }))
        return await readMetrics(measured, query, new Monitor(reach), call)
      },
    }
  }

  expand(resources: readonly Resource[]): readonly Resource[] {
    const { service, serviceName } = this.#site
    const { region, account } = this.#reach
    const expanded = expand(resources, { service, region, marks: codeMarks(this.#site.artifacts) })
    const filled = fillPlaceholders(expanded, { account })
    const own = `acs:fc:${region}:${account}:services/${serviceName}`
    const functionArns = ({ functionName }: Tree): readonly string[] => [
      `${own}/functions/${functionName}`,
      `${own}.*/functions/${functionName}`,
    ]
    return withTriggerRoles(filled, { service, functionArns })
  }

  async lock(call: Call): Promise<() => Promise<void>> {
    const [planned, now] = [await this.#ours.ours(call), await this.#ours.ours(call, 'now')]
    checkStale(listed(planned), listed(now))
    return async () => {
      // Nothing is held.
    }
  }

  async info(call: Call): Promise<Deployment | undefined> {
    const functions = await this.#ours.ours(call, 'now')
    if (functions.length === 0) return undefined
    const described = functions.map(async ({ name, fn, live }) => {
      const triggers = mayHaveUrl(this.#site.service, fn) ? await triggersOf(this.#triggers, name, call) : []
      const urls = triggers.flatMap((trigger) => this.#urlOf(name, trigger))
      return { name: fn, state: 'Active', digest: `crc64:${live['codeChecksum']}`, urls, notes: [] }
    })
    return { platform: 'Function Compute 2.0', functions: await Promise.all(described) }
  }

  #urlOf(name: string, trigger: Tree): { methods: readonly string[]; url: string }[] {
    const { triggerType, urlInternet } = trigger
    if (triggerType !== 'http') return []
    const { methods = [] } = configOf(trigger) as { methods?: readonly string[] }
    const own = `${this.#site.client.address}/${this.#site.serviceName}/${name}/`
    return [{ methods, url: typeof urlInternet === 'string' && urlInternet !== '' ? urlInternet : own }]
  }

  async *logs(query: LogQuery, call: Call): AsyncGenerator<LogLine> {
    const functions = await this.#chosen(query.functions, call)
    const { serviceName } = this.#site
    const shared = await this.#ours.find(call)
    const sources = functions.map(({ name, fn }) =>
      logSource({ fn, name }, shared?.['logConfig'], `__topic__:"${serviceName}" and "${name}"`),
    )
    yield* readLogs(sources, query, new LogService(this.#reach), call)
  }

  async #chosen(names: readonly string[], call: Call): Promise<readonly OurFunction[]> {
    if (names.length === 0) return await this.#ours.ours(call)
    return await Promise.all(names.map((fn) => this.#ours.one(fn, call)))
  }

  async close(): Promise<void> {
    // Nothing is kept open.
  }
}

function listed(functions: readonly OurFunction[]): ReadonlyMap<string, Listed> {
  return new Map(functions.map(({ name, live }) => [name, { changed: live['lastModifiedTime'], isBusy: false }]))
}

type Reach = ClientOptions & { readonly largeBucket: string | undefined }

function codeStore({ service, serviceName, artifacts, client }: Site, reach: Reach): CodeStore {
  return new CodeStore({
    ...reach,
    artifacts,
    prefix: `anyfaas/${serviceName}`,
    bucketOf: (fn) => bucketIn(service, fn),
    largeBucket: reach.largeBucket,
    borrow: (call) => borrowBucket(client, reach.account, call),
  })
}
