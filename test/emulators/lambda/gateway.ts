import { Refusal } from '../refusal.ts'
import { DomainCalls } from './domains.ts'
import type { Tree } from './schema.ts'
import { type Calls, REGION, type World } from './world.ts'

interface Api {
  readonly about: Tree
  readonly integrations: Map<string, Tree>
  readonly routes: Map<string, Tree>
  readonly stages: Map<string, Tree>
  readonly authorizers: Map<string, Tree>
}

/** HTTP APIs, as API Gateway keeps them. */
export class GatewayCalls {
  readonly apis = new Map<string, Api>()
  readonly #domains: DomainCalls
  readonly #world: World

  constructor(world: World) {
    this.#world = world
    this.#domains = new DomainCalls(world, (id) => this.#api(id).stages)
  }

  get calls(): Calls {
    return {
      ...this.#ofApis(),
      ...this.#domains.calls,
      ...this.#collection('Integration', 'integrations', (spec) => this.#checkIntegration(spec)),
      ...this.#collection('Route', 'routes', checkRoute),
      ...this.#collection('Stage', 'stages', checkStage),
      ...this.#collection('Authorizer', 'authorizers', () => undefined),
    }
  }

  /** Without made-up ids. */
  state(): unknown {
    return { apis: this.#apiStates(), domains: this.#domains.state() }
  }

  #apiStates(): unknown {
    return [...this.apis.values()].map(({ about, integrations, routes, stages, authorizers }) => ({
      name: about['Name'],
      cors: about['CorsConfiguration'],
      tags: about['Tags'],
      integrations: [...integrations.values()].map((one) => JSON.stringify(withoutIds(one))).sort(),
      stages: [...stages.values()].map(withoutIds),
      authorizers: [...authorizers.values()].map((one) => JSON.stringify(withoutIds(one))).sort(),
      routes: [...routes.values()]
        .map((one) => {
          const target = integrations.get(String(one['Target']).split('/')[1] ?? '')?.['Description']
          const authorizer = authorizers.get(String(one['AuthorizerId']))?.['Name']
          return JSON.stringify({ ...withoutIds(one), Target: target, authorizer })
        })
        .sort(),
    }))
  }

  #ofApis(): Calls {
    return {
      CreateApi: (input) => {
        const ApiId = this.#world.id('a')
        const about = {
          ...input,
          ApiId,
          // To the second, as the service tells it.
          CreatedDate: new Date().toISOString().replace(/\.\d+/, ''),
          ApiEndpoint: `https://${ApiId}.execute-api.${REGION}.amazonaws.com`,
          RouteSelectionExpression: '$request.method $request.path',
        }
        this.apis.set(ApiId, {
          about,
          integrations: new Map(),
          routes: new Map(),
          stages: new Map(),
          authorizers: new Map(),
        })
        return about
      },
      GetApis: () => ({ Items: [...this.apis.values()].map(({ about }) => about) }),
      GetApi: ({ ApiId }) => this.#api(ApiId).about,
      UpdateApi: ({ ApiId, ...spec }) => Object.assign(this.#api(ApiId).about, spec),
      DeleteCorsConfiguration: ({ ApiId }) => {
        delete this.#api(ApiId).about['CorsConfiguration']
        return {}
      },
      TagResource: ({ ResourceArn, Tags }) => {
        if (String(ResourceArn).includes('/domainnames/')) return this.#domains.tag(String(ResourceArn), Tags as Tree)
        const { about } = this.#api(String(ResourceArn).split('/').at(-1))
        about['Tags'] = { ...(about['Tags'] as Tree), ...(Tags as Tree) }
        return {}
      },
      DeleteApi: ({ ApiId }) => {
        this.#api(ApiId)
        if (this.#domains.leadTo(ApiId))
          throw invalid(
            `Deleting API ${ApiId} failed. Please remove all API mappings for the API from your custom domain names.`,
          )
        this.apis.delete(String(ApiId))
        return {}
      },
    }
  }

  #collection(noun: string, kind: Exclude<keyof Api, 'about'>, check: (spec: Tree, api: Api) => void): Calls {
    const key = noun === 'Stage' ? 'StageName' : `${noun}Id`
    const one = (input: Tree): Tree => {
      const found = this.#api(input['ApiId'])[kind].get(String(input[key]))
      if (!found) throw missing(`Invalid ${noun} identifier specified ${input[key]}`)
      return found
    }
    return {
      [`Create${noun}`]: ({ ApiId, ...spec }) => {
        const api = this.#api(ApiId)
        check(spec, api)
        const id = noun === 'Stage' ? String(spec['StageName']) : this.#world.id(noun[0]?.toLowerCase() ?? '')
        const made = { ...spec, [key]: id }
        api[kind].set(id, made)
        return made
      },
      [`Get${noun}s`]: ({ ApiId }) => ({ Items: [...this.#api(ApiId)[kind].values()] }),
      [`Update${noun}`]: (input) => {
        const { ApiId: _, ...spec } = input
        const found = Object.assign(one(input), spec)
        // What is not named stays; nothing is said by an empty text.
        for (const key of ['AuthorizerId', 'CredentialsArn']) if (found[key] === '') delete found[key]
        return found
      },
      [`Delete${noun}`]: (input) => {
        one(input)
        const id = String(input[key])
        const api = this.#api(input['ApiId'])
        const users = [...api.routes.values()].filter(
          ({ Target, AuthorizerId }) => Target === `integrations/${id}` || AuthorizerId === id,
        )
        if (users.length > 0)
          throw new Refusal(409, 'ConflictException', `Cannot delete ${noun} '${id}' due to existing references`)
        api[kind].delete(id)
        return {}
      },
    }
  }

  #checkIntegration({ IntegrationUri, TimeoutInMillis = 30_000, PayloadFormatVersion, CredentialsArn }: Tree): void {
    if (CredentialsArn !== undefined && !/^arn:aws:iam::\d{12}:role\/.+/.test(String(CredentialsArn)))
      throw invalid('Invalid credentials ARN specified')
    if (Number(TimeoutInMillis) < 50 || Number(TimeoutInMillis) > 30_000)
      throw invalid('Timeout should be between 50 ms and 30000 ms')
    if (PayloadFormatVersion === undefined)
      throw invalid('PayloadFormatVersion is a required parameter for integration')
    if (!String(IntegrationUri).startsWith('arn:aws:lambda:')) throw invalid('Invalid integration URI specified')
  }

  #api(id: unknown): Api {
    const api = this.apis.get(String(id))
    if (!api) throw missing(`Invalid API identifier specified ${id}`)
    return api
  }
}

function checkRoute(
  { RouteKey, Target, AuthorizationType, AuthorizerId }: Tree,
  { routes, integrations, authorizers }: Api,
): void {
  if (!/^(\$default|(ANY|GET|POST|PUT|DELETE|PATCH|HEAD|OPTIONS) \/\S*)$/.test(String(RouteKey)))
    throw invalid(`The provided route key is not formatted properly: ${RouteKey}`)
  if ([...routes.values()].some((route) => route['RouteKey'] === RouteKey))
    throw new Refusal(409, 'ConflictException', `Route with key ${RouteKey} already exists for this API`)
  if (!integrations.has(String(Target).split('/')[1] ?? '')) throw invalid(`Invalid integration ${Target}`)
  if (AuthorizationType === 'JWT' && !authorizers.has(String(AuthorizerId))) throw invalid('Invalid authorizer')
}

function checkStage({ StageName }: Tree, { stages }: Api): void {
  if (stages.has(String(StageName))) throw new Refusal(409, 'ConflictException', 'Stage already exists')
}

function withoutIds(tree: Tree): Tree {
  const { IntegrationId: _, RouteId: __, AuthorizerId: ___, ...rest } = tree
  return Object.fromEntries(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function missing(message: string): Refusal {
  return new Refusal(404, 'NotFoundException', message)
}

function invalid(message: string): Refusal {
  return new Refusal(400, 'BadRequestException', message)
}
