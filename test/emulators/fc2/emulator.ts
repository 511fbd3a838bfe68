import { checkBody } from '../aliyun/contract.ts'
import { Neighbours } from '../aliyun/neighbours.ts'
import { Emulator, type EmulatorOptions, type WireReply, type WireRequest } from '../emulator.ts'
import { checkSignature as checkNewerSignature, statusOf } from '../fc3/signature.ts'
import { Refusal } from '../refusal.ts'
import { ROUTES, type Route } from './routes.ts'
import { checkSignature } from './signature.ts'
import { ACCOUNT, type Tree, World } from './world.ts'

/** Function Compute 2.0, API 2016-08-15, as its documents and its vendor's models describe it; and the products beside it. */
const NEWER = '/2023-03-30/'

export class Fc2Emulator extends Emulator {
  readonly keys = new Map([['id', 'secret']])
  readonly neighbours = new Neighbours(this.keys)
  readonly #world = new World(() => this.options.settleMs ?? 0)

  constructor(options: EmulatorOptions = {}) {
    super(options)
    this.#world.checkRole = (trigger, arn) => this.neighbours.roles.check(trigger, arn)
    this.#world.object = (bucket, key) => this.neighbours.objects.get(`${bucket}/${key}`)
  }

  state(): unknown {
    const { services, functions, triggers, configs, domains } = this.#world
    return {
      services: plain(services),
      functions: plain(functions),
      triggers: plain(triggers),
      configs: plain(configs),
      domains: plain(domains),
      access: this.neighbours.roles.state(),
    }
  }

  plant(name: string): void {
    const [service, fn] = split(name)
    this.#world.createService({ serviceName: service, description: 'made by hand' })
    const code = { zipFile: Buffer.from('PK').toString('base64') }
    this.#world.createFunction(service, { functionName: fn, runtime: 'nodejs20', handler: 'index.handler', code })
  }

  drift(name: string, change: Tree): void {
    Object.assign(this.#world.function(...split(name)), change)
  }

  /** Puts a load balancer there that leads to a function. */
  hang(name: string, triggerName: string): void {
    const trigger = { triggerName, triggerType: 'alb', triggerConfig: {} }
    this.#world.triggers.set([...split(name), triggerName].join('/'), trigger)
  }

  driftService(name: string, change: Tree): void {
    Object.assign(this.#world.service(name), change)
  }

  /** Functions of edition 3.0, as its own API tells them; undefined where there is none. */
  newer: readonly Tree[] | undefined = []

  protected name(request: Omit<WireRequest, 'action'>): string {
    if (request.path.startsWith(NEWER)) return `${request.method} 3.0`
    return this.neighbours.name(request) ?? routeOf(request)?.action ?? `${request.method} ${request.path}`
  }

  protected changes({ method, action }: WireRequest): boolean {
    return method !== 'GET' && !this.neighbours.reads(action)
  }

  protected refuse(fault: 'throttle' | 'unavailable'): WireReply {
    return fault === 'throttle'
      ? failure(429, 'ResourceExhausted', 'Too many requests.')
      : failure(503, 'ServiceUnavailable', 'The service is busy.')
  }

  protected answer(request: WireRequest): WireReply {
    const beside = this.neighbours.answer(request)
    if (beside) return beside
    if (this.newer && request.path === `${NEWER}functions`) return this.#newer(this.newer, request)
    const problem = checkSignature(request, this.keys)
    if (problem) return failure(403, problem, 'The request signature does not match.')
    if (request.headers['x-fc-account-id'] !== ACCOUNT) return failure(403, 'AccessDenied', 'another account')
    const route = routeOf(request)
    if (!route) return failure(400, 'PathNotSupported', `'${request.path}' is not supported`)
    try {
      return this.#routed(route, request)
    } catch (error) {
      if (error instanceof Refusal) return failure(error.status, error.code, error.message)
      throw error
    }
  }

  #newer(functions: readonly Tree[], request: WireRequest): WireReply {
    const problem = checkNewerSignature(request, this.keys)
    if (problem) return failure(statusOf(problem), problem, 'signature')
    const prefix = request.query.get('prefix') ?? ''
    const found = functions.filter(({ functionName }) => String(functionName).startsWith(prefix))
    return { status: 200, body: { functions: found } }
  }

  #routed(route: Route, request: WireRequest): WireReply {
    const [, service = '', name = '', third = ''] = (route.pattern.exec(request.path) ?? []) as string[]
    if (route.action.startsWith('Invoke')) return this.#invoke(request, service, name)
    const text = request.body.toString()
    const body = (text === '' ? {} : JSON.parse(text)) as Tree
    const problems =
      route.model === undefined ? [] : checkBody('@alicloud/fc-open20210406', route.model, asOpen(route, body))
    problems.push(
      ...requiredOf(route)
        .filter((key) => body[key] === undefined)
        .map((key) => `.${key} is required`),
    )
    if (problems.length > 0) return failure(400, 'InvalidArgument', problems.join('; '))
    const answer = this.#do(route.action, [service, name, third], body, request.query)
    return answer === undefined ? { status: 204 } : { status: 200, body: answer, headers: { 'x-fc-request-id': 'r' } }
  }

  #do(action: string, [first, second, third]: [string, string, string], body: Tree, query: URLSearchParams): unknown {
    const world = this.#world
    switch (action) {
      case 'CreateService':
        return world.createService(body)
      case 'GetService':
        return world.service(first)
      case 'UpdateService':
        return Object.assign(world.service(first), body, { lastModifiedTime: new Date().toISOString() })
      case 'DeleteService':
        return world.deleteService(first)
      case 'ListServices':
        return page([...world.services.values()], 'services', query)
      case 'ListFunctions':
        world.service(first)
        return page(world.functionsOf(first).map(told), 'functions', query)
      case 'CreateFunction':
        return told(world.createFunction(first, body))
      case 'GetFunction':
        return told(world.function(first, second))
      case 'UpdateFunction':
        return told(world.updateFunction(first, second, body))
      case 'DeleteFunction':
        return world.deleteFunction(first, second)
      case 'ListTriggers':
        world.function(first, second)
        return page(world.triggersOf(first, second), 'triggers', query)
      case 'CreateTrigger':
        return world.createTrigger(first, second, body)
      case 'GetTrigger':
        return world.trigger(first, second, third)
      case 'UpdateTrigger':
        return world.updateTrigger(first, second, third, body)
      case 'DeleteTrigger':
        world.trigger(first, second, third)
        return void world.triggers.delete(`${first}/${second}/${third}`)
      case 'GetTempBucketToken':
        return this.neighbours.lend('borrowed')
      default:
        return action.includes('Domain')
          ? this.#domain(action, first, body, query)
          : action.includes('Async')
            ? this.#config(action, first, second, body)
            : this.#shelf(action, first, second, body, query)
    }
  }

  // Every function says what it was sent; one that is sent "fail" fails. Those with an http trigger are called over it only.
  #invoke({ path, method, headers: asked, body }: WireRequest, target: string, name: string): WireReply {
    const [service = '', qualifier] = target.split('.')
    this.#world.function(service, name)
    if (qualifier !== undefined && qualifier !== 'LATEST') this.#world.shelf(service).resolve(qualifier)
    const http = this.#world.triggersOf(service, name).find(({ triggerType }) => triggerType === 'http')
    const isProxy = path.includes('/proxy/')
    if ((http !== undefined) !== isProxy) return failure(400, 'InvalidArgument', 'it is called in the other way')
    const methods = ((http?.['triggerConfig'] ?? {}) as { methods?: string[] }).methods
    if (methods && !methods.includes(method)) return failure(405, 'MethodNotAllowed', `${method} is not allowed`)
    const headers = { 'x-fc-request-id': '1-abc' }
    if (asked['x-fc-invocation-type'] === 'Async') return { status: 202, headers }
    const log =
      asked['x-fc-log-type'] === 'Tail'
        ? { 'x-fc-log-result': Buffer.from('FC Invoke Start\n').toString('base64') }
        : {}
    const text = body.toString()
    if (!text.includes('fail')) return { status: 200, body: Buffer.from(text), headers: { ...headers, ...log } }
    const told = JSON.stringify({ errorMessage: 'it failed', errorType: 'TypeError', stackTrace: ['at handler'] })
    const failed = { ...headers, ...log, 'x-fc-error-type': 'UnhandledInvocationError' }
    return { status: isProxy ? 502 : 200, body: Buffer.from(told), headers: failed }
  }

  #config(action: string, service: string, name: string, body: Tree): Tree | undefined {
    this.#world.function(service, name)
    const { configs } = this.#world
    const key = `${service}/${name}`
    if (action.startsWith('Put')) return configs.set(key, { service, function: name, ...body }).get(key)
    const config = configs.get(key)
    if (!config) throw new Refusal(404, 'AsyncConfigNotExists', `AsyncConfig for ${key} does not exist.`)
    if (action.startsWith('Delete')) return void configs.delete(key)
    return config
  }

  #shelf(action: string, service: string, name: string, body: Tree, query: URLSearchParams): unknown {
    const shelf = this.#world.shelf(service)
    switch (action) {
      case 'ListServiceVersions':
        return page([...shelf.versions].reverse(), 'versions', query)
      case 'PublishServiceVersion':
        // Whether the same is published twice is nothing that the documents say, so it is.
        return Object.assign(shelf.publish(String(Math.random())), body)
      case 'DeleteServiceVersion':
        return shelf.remove(name)
      case 'ListAliases':
        return page([...shelf.aliases.values()], 'aliases', query)
      case 'CreateAlias':
        return shelf.create(body)
      case 'UpdateAlias':
        return shelf.update(name, body)
      default:
        shelf.alias(name)
        return void shelf.aliases.delete(name)
    }
  }

  #domain(action: string, name: string, body: Tree, query: URLSearchParams): Tree | undefined {
    const { domains } = this.#world
    if (action === 'ListCustomDomains') return page([...domains.values()], 'customDomains', query)
    if (action === 'CreateCustomDomain') {
      const key = String(body['domainName'])
      if (domains.has(key)) throw new Refusal(409, 'DomainNameAlreadyExists', `domain name ${key} already exists`)
      return domains.set(key, { ...body, accountId: ACCOUNT }).get(key)
    }
    const domain = domains.get(name)
    if (!domain) throw new Refusal(404, 'DomainNameNotFound', `domain name ${name} does not exist`)
    if (action === 'DeleteCustomDomain') return void domains.delete(name)
    return action === 'GetCustomDomain' ? domain : Object.assign(domain, body)
  }
}

function routeOf({ method, path }: Pick<WireRequest, 'method' | 'path'>): Route | undefined {
  return ROUTES.find((route) => route.method === method && route.pattern.test(path))
}

// The models are those of 2021-04-06, which differ here: the configuration of a trigger is text there, and an update's
// `InstanceConcurrency` has a capital that the vendor's library for 2016-08-15 does not send.
// https://www.alibabacloud.com/help/en/functioncompute/fc-2-0/developer-reference/differences-between-function-compute-api-versions
function asOpen({ action }: Route, body: Tree): Tree {
  if (action.endsWith('Trigger')) return { ...body, triggerConfig: JSON.stringify(body['triggerConfig']) }
  if (action !== 'UpdateFunction' || body['instanceConcurrency'] === undefined) return body
  const { instanceConcurrency, ...rest } = body
  return { ...rest, InstanceConcurrency: instanceConcurrency }
}

// The models do not say it; the API's description does.
function requiredOf({ action }: Route): readonly string[] {
  return REQUIRED[action] ?? []
}

const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  CreateService: ['serviceName'],
  CreateFunction: ['functionName', 'handler', 'runtime'],
  CreateTrigger: ['triggerName', 'triggerType', 'triggerConfig'],
  CreateAlias: ['aliasName', 'versionId'],
  CreateCustomDomain: ['domainName'],
}

function split(name: string): [string, string] {
  const end = name.lastIndexOf('-')
  return end < 0 ? [name, name] : [name.slice(0, end), name.slice(end + 1)]
}

function failure(status: number, code: string, message: string): WireReply {
  return { status, body: { ErrorCode: code, ErrorMessage: message }, headers: { 'x-fc-request-id': 'r' } }
}

function page(items: readonly Tree[], field: string, query: URLSearchParams): Tree {
  const limit = Math.min(100, Number(query.get('limit') ?? 20))
  const start = Number(query.get('nextToken') ?? 0)
  const next = start + limit
  return { [field]: items.slice(start, next), ...(next < items.length && { nextToken: String(next) }) }
}

function told(fn: Tree): Tree {
  const { busyUntil: _, ...rest } = fn
  return rest
}

function plain(things: ReadonlyMap<string, Tree>): Tree {
  const sorted = [...things].sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(sorted.map(([key, thing]) => [key, withoutTimes(thing)]))
}

const PASSING = /^(createdTime|lastModifiedTime|serviceId|functionId|triggerId|busyUntil)$/

function withoutTimes(thing: Tree): Tree {
  return Object.fromEntries(Object.entries(thing).filter(([key, value]) => !PASSING.test(key) && !isBlank(value)))
}

function isBlank(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value === ''
  return Object.values(value).every(isBlank)
}
