import { isDeepStrictEqual } from 'node:util'
import {
  type Call,
  clock,
  error,
  type Live,
  marksOf,
  type Resource,
  SlsError,
  type Tree,
  withRetry,
} from '@anyfaas/kit'
import { isPassing } from '../../account/failures.ts'
import { type Gateway, isOlder } from './gateway.ts'
import type { Kind } from './kind.ts'
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

function apiKind(gateway: Gateway, { service }: Site): Kind {
  return {
    type: 'aws:api',
    fields: ['Name', 'ProtocolType', 'CorsConfiguration', 'DisableExecuteApiEndpoint'],
    rules: { ProtocolType: 'replace' },
    isNameless: true,
    // Deploys that began at once may have made several: the oldest is kept, and nothing of the file stands for the others.
    list: async (call) => (await gateway.apis(call)).map((live, at) => liveApi(live, apiId(live, at))),
    find: async (_, call) => (await gateway.now(call)).map((live) => liveApi(live, 'api'))[0],
    async create(spec, call, { id }) {
      const input = {
        ...spec,
        CorsConfiguration: isEmpty(spec['CorsConfiguration']) ? undefined : spec['CorsConfiguration'],
      }
      const made = await gateway.call('CreateApi', { ...input, Tags: marksOf(service) }, id, call)
      const [oldest] = await gateway.now(call)
      if (!oldest || !isOlder(oldest, made)) return made
      // Nobody knows the younger one yet, and what the other deploy makes stands under the older.
      const { ApiId } = made
      const remove = (): Promise<Tree> => gateway.call('DeleteApi', { ApiId }, id, call)
      await withRetry(remove, { retryable: isPassing, signal: call.signal, clock })
      const what = 'another deploy of this service and stage made the HTTP API at the same moment'
      throw new SlsError(error('SLS5004', what, { help: ['run it again when the other one is done: it plans anew'] }))
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

function liveApi(live: Tree, id: string): Live<Tree> {
  const { CorsConfiguration = {}, DisableExecuteApiEndpoint = false } = live
  const value = { ...live, CorsConfiguration: withoutVoids(CorsConfiguration as Tree), DisableExecuteApiEndpoint }
  return { id, value }
}

/** What one of our APIs is called; the first is the oldest. */
export function apiId({ ApiId }: Tree, at: number): string {
  return at === 0 ? 'api' : `api/${ApiId}`
}

/** What the name of an authorizer of ours begins with: it can bear nothing else. */
export const OWN_NAME = 'anyfaas-'

function authorizerKind(gateway: Gateway): Kind {
  return {
    type: 'aws:authorizer',
    fields: ['ApiId', 'Name', 'AuthorizerType', 'IdentitySource', 'JwtConfiguration'],
    rules: { ApiId: 'replace', AuthorizerType: 'replace' },
    isNameless: true,
    async list(call, desired) {
      const found = await gateway.under('GetAuthorizers', desired, call)
      const own = found.filter(({ Name }) => String(Name).startsWith(OWN_NAME))
      const idOf = ({ Name }: Tree): string => `authorizer/${String(Name).slice(OWN_NAME.length)}`
      const named = own.map((value): Live<Tree> => ({ id: idOf(value), uses: ['api'], value }))
      const lacking = desired.filter(({ id }) => !named.some((one) => one.id === id))
      if (lacking.length === 0 || own.length === found.length) return withoutTwins(named, 'AuthorizerId')
      const used = await usedByOurs(gateway, desired, call)
      const older = lacking.flatMap(({ id, spec }) => {
        const value = found.find((one) => used.has(one['AuthorizerId']) && isUnmarked(one, spec))
        return value ? [{ id, uses: ['api'], value }] : []
      })
      return withoutTwins([...named, ...older], 'AuthorizerId')
    },
    create: (spec, call, { id }) => gateway.call('CreateAuthorizer', spec, id, call),
    update: (spec, { AuthorizerId }, call, { id }) =>
      gateway.call('UpdateAuthorizer', { ...spec, AuthorizerId }, id, call),
    remove: ({ ApiId, AuthorizerId }, call, id) => gateway.call('DeleteAuthorizer', { ApiId, AuthorizerId }, id, call),
  }
}

// Earlier versions put no mark into the name. Such a one is ours when a route of ours asks it and it is what the file wants: whoever
// made it, nothing but its name changes.
function isUnmarked(found: Tree, { Name, AuthorizerType, IdentitySource, JwtConfiguration }: Tree): boolean {
  const wanted = { Name: String(Name).slice(OWN_NAME.length), AuthorizerType, IdentitySource, JwtConfiguration }
  return Object.entries(wanted).every(([key, value]) => isDeepStrictEqual(found[key], value))
}

// The ids of the authorizers of routes that lead to integrations of ours.
async function usedByOurs(gateway: Gateway, desired: readonly Resource<Tree>[], call: Call): Promise<Set<unknown>> {
  const routes = await gateway.under('GetRoutes', desired, call)
  const integrations = (await gateway.under('GetIntegrations', desired, call)).filter(isOwn)
  const targets = new Set(integrations.map(({ IntegrationId }) => `integrations/${IntegrationId}`))
  return new Set(routes.flatMap(({ Target, AuthorizerId }) => (targets.has(String(Target)) ? [AuthorizerId] : [])))
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
      const lives = found.map((value): Live<Tree> => {
        const id = String(value['Description']).slice(OWN.length)
        const [arn, qualifier] = splitArn(value['IntegrationUri'])
        const fn = names.get(arn) ?? functionIn(id)
        const uses = ['api', 'role/api', `function/${fn}`, holderId(fn, qualifier)]
        return { id, fn, uses, value: { CredentialsArn: '', ...value } }
      })
      return withoutTwins(lives, 'IntegrationId')
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
      // What a route leads to was there before it.
      const routes = await gateway.under('GetRoutes', desired, call)
      const integrations = await gateway.under('GetIntegrations', desired, call)
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
        const whose = fn === undefined ? { isForeign: true as const } : { fn }
        return [{ id, uses, value: { ...value, IntegrationId, AuthorizationType }, ...whose }]
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

// What bears no name of its own two deploys at once make twice: one is kept, and nothing of the file stands for the other.
function withoutTwins(found: readonly Live<Tree>[], key: string): readonly Live<Tree>[] {
  const kept = new Map<string, Live<Tree>>()
  for (const one of found) {
    const twin = kept.get(one.id)
    if (!twin || String(one.value[key]) < String(twin.value[key])) kept.set(one.id, one)
  }
  return found.map((one) => (kept.get(one.id) === one ? one : { ...one, id: `${one.id} (${one.value[key]})` }))
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
