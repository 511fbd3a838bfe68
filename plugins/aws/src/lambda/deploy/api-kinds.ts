import { type Call, isOurs, type Live, marksOf, type Resource, type Tree } from '@anyfaas/kit'
import type { Action } from '../../account/sdk.ts'
import { type Kind, unlessMissing } from './kind.ts'
import type { OurFunctions } from './our-functions.ts'
import { holderId, splitArn } from './qualifiers.ts'
import type { Site } from './site.ts'

/** The HTTP API of the service and what stands under it, by calls of API Gateway. */
export function apiKinds(gateway: Gateway, site: Site, ours: OurFunctions): readonly Kind[] {
  return [
    apiKind(gateway, site),
    authorizerKind(gateway),
    stageKind(gateway),
    integrationKind(gateway, ours),
    routeKind(gateway),
  ]
}

/** The APIs that bear our marks, read once, and what stands under them. */
export class Gateway {
  readonly #site: Site
  #reading: Promise<readonly Tree[]> | undefined
  #domains: Promise<readonly Tree[]> | undefined
  readonly #lists = new Map<string, Promise<readonly Tree[]>>()

  constructor(site: Site) {
    this.#site = site
  }

  async apis(call: Call): Promise<readonly Tree[]> {
    this.#reading ??= this.now(call).catch((cause: unknown) => {
      this.#reading = undefined
      throw cause
    })
    return await this.#reading
  }

  async now(call: Call): Promise<readonly Tree[]> {
    const all = await this.all('GetApis', {}, call)
    return all.filter(({ Tags }) => isOurs((Tags ?? {}) as Record<string, string>, this.#site.service))
  }

  /** All domains of the account, read once. */
  async domains(call: Call): Promise<readonly Tree[]> {
    this.#domains ??= this.all('GetDomainNames', {}, call).catch((cause: unknown) => {
      this.#domains = undefined
      throw cause
    })
    return await this.#domains
  }

  /** What stands under our APIs, each with the id of its API. */
  async under(action: Action<'apigateway'>, desired: readonly Resource<Tree>[], call: Call): Promise<readonly Tree[]> {
    // While things are made the API may be newer than any reading.
    const now = desired.map(({ spec }) => spec['ApiId']).filter((id) => typeof id === 'string')
    if (now.length > 0) return await this.#under(action, [...new Set(now)], call)
    const ids = (await this.apis(call)).map(({ ApiId }) => String(ApiId))
    const list = this.#lists.get(action) ?? this.#under(action, ids, call)
    this.#lists.set(action, list)
    return await list
  }

  async #under(action: Action<'apigateway'>, ids: readonly string[], call: Call): Promise<readonly Tree[]> {
    // An API that is gone has nothing under it.
    const lists = ids.map(async (ApiId) =>
      ((await unlessMissing(this.all(action, { ApiId }, call))) ?? []).map((one): Tree => ({ ...one, ApiId })),
    )
    return (await Promise.all(lists)).flat()
  }

  async all(action: Action<'apigateway'>, input: object, call: Call): Promise<Tree[]> {
    const request = { service: 'apigateway', action, input: { ...input, MaxResults: '100' }, about: 'api' } as const
    return await this.#site.api.list(request, { items: 'Items', next: 'NextToken', ask: 'NextToken' }, call)
  }

  async call(action: Action<'apigateway'>, input: object, about: string, call: Call): Promise<Tree> {
    return await this.#site.api.call({ service: 'apigateway', action, input, about }, call)
  }
}

function apiKind(gateway: Gateway, { service }: Site): Kind {
  return {
    type: 'aws:api',
    fields: ['Name', 'ProtocolType', 'CorsConfiguration', 'DisableExecuteApiEndpoint'],
    rules: { ProtocolType: 'replace' },
    isNameless: true,
    list: async (call) => (await gateway.apis(call)).map(liveApi),
    find: async (_, call) => (await gateway.now(call)).map(liveApi)[0],
    async create(spec, call, { id }) {
      const input = {
        ...spec,
        CorsConfiguration: isEmpty(spec['CorsConfiguration']) ? undefined : spec['CorsConfiguration'],
      }
      return await gateway.call('CreateApi', { ...input, Tags: marksOf(service) }, id, call)
    },
    async update({ ProtocolType: _, CorsConfiguration, ...spec }, live, call, { id }) {
      const { ApiId } = live
      const hasCors = !isEmpty(CorsConfiguration)
      if (!hasCors && !isEmpty(live['CorsConfiguration']))
        await gateway.call('DeleteCorsConfiguration', { ApiId }, id, call)
      await gateway.call('UpdateApi', { ApiId, ...spec, ...(hasCors && { CorsConfiguration }) }, id, call)
      return { ApiId, ApiEndpoint: live['ApiEndpoint'] }
    },
    remove: ({ ApiId }, call, id) => gateway.call('DeleteApi', { ApiId }, id, call),
  }
}

function liveApi(live: Tree): Live<Tree> {
  const { CorsConfiguration = {}, DisableExecuteApiEndpoint = false } = live
  const value = { ...live, CorsConfiguration: withoutVoids(CorsConfiguration as Tree), DisableExecuteApiEndpoint }
  return { id: 'api', value }
}

function authorizerKind(gateway: Gateway): Kind {
  return {
    type: 'aws:authorizer',
    fields: ['ApiId', 'Name', 'AuthorizerType', 'IdentitySource', 'JwtConfiguration'],
    rules: { ApiId: 'replace', AuthorizerType: 'replace' },
    isNameless: true,
    async list(call, desired) {
      const found = await gateway.under('GetAuthorizers', desired, call)
      return found.map((value) => ({ id: `authorizer/${value['Name']}`, uses: ['api'], value }))
    },
    create: (spec, call, { id }) => gateway.call('CreateAuthorizer', spec, id, call),
    update: (spec, { AuthorizerId }, call, { id }) =>
      gateway.call('UpdateAuthorizer', { ...spec, AuthorizerId }, id, call),
    remove: ({ ApiId, AuthorizerId }, call, id) => gateway.call('DeleteAuthorizer', { ApiId, AuthorizerId }, id, call),
  }
}

function stageKind(gateway: Gateway): Kind {
  return {
    type: 'aws:stage',
    fields: ['ApiId', 'StageName', 'AutoDeploy'],
    rules: { ApiId: 'replace', StageName: 'replace' },
    async list(call, desired) {
      const found = await gateway.under('GetStages', desired, call)
      return found
        .filter(({ StageName }) => StageName === '$default')
        .map((value) => ({ id: 'stage', uses: ['api'], value: { AutoDeploy: false, ...value } }))
    },
    create: (spec, call, { id }) => gateway.call('CreateStage', spec, id, call),
    update: (spec, _live, call, { id }) => gateway.call('UpdateStage', spec, id, call),
    remove: ({ ApiId, StageName }, call, id) => gateway.call('DeleteStage', { ApiId, StageName }, id, call),
  }
}

// Integrations have neither name nor tags; the description is how one is known.
function integrationKind(gateway: Gateway, ours: OurFunctions): Kind {
  return {
    type: 'aws:integration',
    fields: [
      ...['ApiId', 'Description', 'IntegrationType', 'IntegrationUri', 'PayloadFormatVersion', 'TimeoutInMillis'],
      'CredentialsArn',
    ],
    rules: { ApiId: 'replace', IntegrationType: 'replace' },
    isNameless: true,
    async list(call, desired) {
      const found = (await gateway.under('GetIntegrations', desired, call)).filter(isOwn)
      const names = new Map((await ours.all(call)).map(({ arn, fn }) => [arn, fn]))
      return found.map((value): Live<Tree> => {
        const id = String(value['Description']).slice(OWN.length)
        const [arn, qualifier] = splitArn(value['IntegrationUri'])
        const fn = names.get(arn) ?? functionIn(id)
        const uses = ['api', 'role/api', `function/${fn}`, holderId(fn, qualifier)]
        return { id, fn, uses, value: { CredentialsArn: '', ...value } }
      })
    },
    create: ({ CredentialsArn, ...spec }, call, { id }) =>
      gateway.call('CreateIntegration', { ...spec, ...(CredentialsArn !== '' && { CredentialsArn }) }, id, call),
    update: (spec, { IntegrationId }, call, { id }) =>
      gateway.call('UpdateIntegration', { ...spec, IntegrationId }, id, call),
    remove: ({ ApiId, IntegrationId }, call, id) =>
      gateway.call('DeleteIntegration', { ApiId, IntegrationId }, id, call),
  }
}

/** What the description of an integration of ours begins with; the id follows. */
export const OWN = 'anyfaas '

// `integration/login@live`
function functionIn(id: string): string {
  return id.split(/[/@]/)[1] ?? ''
}

function isOwn({ Description }: Tree): boolean {
  return typeof Description === 'string' && Description.startsWith(OWN)
}

function routeKind(gateway: Gateway): Kind {
  const target = ({ IntegrationId, ...spec }: Tree): Tree => ({ ...spec, Target: `integrations/${IntegrationId}` })
  return {
    type: 'aws:route',
    fields: ['ApiId', 'RouteKey', 'IntegrationId', 'AuthorizationType', 'AuthorizerId'],
    rules: { ApiId: 'replace' },
    async list(call, desired) {
      const [routes, integrations] = await Promise.all([
        gateway.under('GetRoutes', desired, call),
        gateway.under('GetIntegrations', desired, call),
      ])
      const own = new Map(
        integrations.filter(isOwn).map((one) => [one['IntegrationId'], String(one['Description']).slice(OWN.length)]),
      )
      const wanted = new Set(desired.map(({ spec }) => spec['RouteKey']))
      return routes.flatMap(({ Target, AuthorizationType = 'NONE', ...value }): Live<Tree>[] => {
        const IntegrationId = String(Target).replace(/^integrations\//, '')
        const integration = own.get(IntegrationId)
        // A route that somebody added to the API by hand leads elsewhere.
        if (integration === undefined && !wanted.has(value['RouteKey'])) return []
        const fn = integration && functionIn(integration)
        const uses = ['api', 'stage', ...(integration ? [integration] : [])]
        const id = routeId(String(value['RouteKey']))
        return [{ id, uses, value: { ...value, IntegrationId, AuthorizationType }, ...(fn !== undefined && { fn }) }]
      })
    },
    create: (spec, call, { id }) => gateway.call('CreateRoute', target(spec), id, call),
    update: (spec, { RouteId, AuthorizerId }, call, { id }) => {
      // What is not named stays as it is.
      const none = AuthorizerId !== undefined && spec['AuthorizerId'] === undefined && { AuthorizerId: '' }
      return gateway.call('UpdateRoute', { ...target(spec), ...none, RouteId }, id, call)
    },
    remove: ({ ApiId, RouteId }, call, id) => gateway.call('DeleteRoute', { ApiId, RouteId }, id, call),
  }
}

/** As the translation names routes. */
export function routeId(routeKey: string): string {
  return routeKey === '$default' ? 'route/default' : `route/${routeKey}`
}

function isEmpty(value: unknown): boolean {
  return Object.keys((value ?? {}) as Tree).length === 0
}

function withoutVoids(tree: Tree): Tree {
  return Object.fromEntries(
    Object.entries(tree).filter(
      ([, value]) => value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0),
    ),
  )
}
