import { Crc64 } from '../../../plugins/aliyun/src/account/crc64.ts'
import { checkBody } from '../aliyun/contract.ts'
import { checkBucket, checkFixed } from '../aliyun/fixed.ts'
import { Neighbours } from '../aliyun/neighbours.ts'
import { Shelf } from '../aliyun/shelf.ts'
import { Emulator, type EmulatorOptions, type WireReply, type WireRequest } from '../emulator.ts'
import { Refusal } from '../refusal.ts'
import { ROUTES, type Route } from './routes.ts'
import { checkSignature, statusOf } from './signature.ts'

type Tree = Record<string, unknown>

const ACCOUNT = '1234567890123456'
const REGION = 'cn-hangzhou'

/** Function Compute 3.0 as its documents and its vendor's models describe it. */
export class Fc3Emulator extends Emulator {
  readonly keys = new Map([['id', 'secret']])
  readonly neighbours = new Neighbours(this.keys)
  /** What the deployer has no right to do. */
  readonly denied = new Set<string>()
  /** How long a trigger that was deleted still counts. */
  lingerMs = 0
  readonly #functions = new Map<string, Tree & { busyUntil: number }>()
  readonly #triggers = new Map<string, Tree>()
  readonly #parts = new Map<string, Tree>()
  readonly #domains = new Map<string, Tree>()
  readonly #shelves = new Map<string, Shelf>()
  #ids = 0

  constructor(options: EmulatorOptions = {}) {
    super(options)
  }

  state(): unknown {
    const plain = (things: ReadonlyMap<string, Tree>): Tree =>
      Object.fromEntries(
        [...things].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, thing]) => [key, withoutTimes(thing)]),
      )
    return {
      functions: plain(this.#functions),
      triggers: plain(this.#triggers),
      parts: plain(this.#parts),
      domains: plain(this.#domains),
      access: this.neighbours.roles.state(),
    }
  }

  plant(functionName: string): void {
    const spec = { functionName, runtime: 'nodejs20', handler: 'index.handler' }
    this.#functions.set(functionName, { ...this.#made(spec, functionName), busyUntil: 0 })
  }

  drift(functionName: string, change: Tree): void {
    Object.assign(this.#function(functionName), change)
  }

  driftTrigger(key: string, change: Tree): void {
    Object.assign(this.#triggers.get(key) ?? {}, change)
  }

  /** Puts a trigger of a function there that another product made, or a setting of one of its aliases. */
  plantBeside(name: string, trigger: Tree, part: Tree): void {
    this.#triggers.set(`${name}/${trigger['triggerName']}`, trigger)
    const functionArn = `acs:fc:${REGION}:${ACCOUNT}:functions/${name}/live`
    this.#parts.set(`AsyncInvokeConfig/${name}/live`, { functionArn, ...part })
  }

  get names(): readonly string[] {
    return [...this.#functions.keys()]
  }

  protected name(request: Omit<WireRequest, 'action'>): string {
    return this.neighbours.name(request) ?? routeOf(request)?.action ?? `${request.method} ${request.path}`
  }

  protected changes({ method, action }: WireRequest): boolean {
    return method !== 'GET' && !this.neighbours.reads(action)
  }

  protected refuse(fault: 'throttle' | 'unavailable'): WireReply {
    return fault === 'throttle'
      ? failure(429, 'Throttling.User', 'Request was denied due to user flow control.')
      : failure(503, 'ServiceUnavailable', 'The service is busy.')
  }

  protected answer(request: WireRequest): WireReply {
    const beside = this.neighbours.answer(request)
    if (beside) return beside
    const problem = checkSignature(request, this.keys)
    if (problem) return failure(statusOf(problem), problem, 'The request signature does not match.')
    const route = routeOf(request)
    if (!route) return failure(404, 'PathNotSupported', request.path)
    if (this.denied.has(route.action)) return failure(403, 'AccessDenied', `the user may not ${route.action}`)
    if (route.action === 'InvokeFunction') return this.#invoke(route, request)
    const text = request.body.toString()
    const body = (text === '' ? {} : JSON.parse(text)) as Tree
    const problems = route.model === undefined ? [] : checkBody('@alicloud/fc20230330', route.model, body)
    if (problems.length > 0) return failure(400, 'InvalidArgument', problems.join('; '))
    try {
      const [, ...names] = (route.pattern.exec(request.path) ?? []) as string[]
      const answer = this.#do(route.action, names as [string, string], body, request.query)
      return answer === undefined
        ? { status: 204 }
        : { status: 200, body: answer, headers: { 'x-acs-request-id': 'r' } }
    } catch (error) {
      if (error instanceof Refusal) return failure(error.status, error.code, error.message)
      throw error
    }
  }

  #do(action: string, [name, second]: [string, string], body: Tree, query: URLSearchParams): unknown {
    switch (action) {
      case 'ListFunctions':
        return this.#list(query)
      case 'CreateFunction':
        return this.#create(body)
      case 'GetFunction':
        return this.#told(this.#function(name))
      case 'UpdateFunction':
        return this.#update(name, body)
      case 'DeleteFunction':
        return this.#delete(name)
      case 'TagResources':
      case 'UntagResources':
        return this.#tag(body, query)
      case 'ListTriggers':
        this.#function(name)
        return page(this.#triggersOf(name), 'triggers', query)
      case 'CreateTrigger':
        return this.#createTrigger(name, body)
      case 'GetTrigger':
        return this.#trigger(name, second)
      case 'UpdateTrigger':
        return this.#updateTrigger(name, this.#trigger(name, second), body)
      case 'DeleteTrigger':
        this.#trigger(name, second)
        if (this.lingerMs === 0) this.#triggers.delete(`${name}/${second}`)
        else setTimeout(() => this.#triggers.delete(`${name}/${second}`), this.lingerMs)
        return undefined
      case 'ListFunctionVersions':
        return page([...this.#shelf(name).versions].reverse(), 'versions', query)
      case 'PublishFunctionVersion':
        return this.#shelf(name).publish(JSON.stringify(withoutTimes(this.#function(name))))
      case 'DeleteFunctionVersion':
        return this.#shelf(name).remove(second)
      case 'ListAliases':
        return page([...this.#shelf(name).aliases.values()], 'aliases', query)
      case 'CreateAlias':
        return this.#shelf(name).create(body)
      case 'UpdateAlias':
        return this.#shelf(name).update(second, body)
      case 'DeleteAlias':
        this.#shelf(name).alias(second)
        return void this.#shelf(name).aliases.delete(second)
      default:
        return action.includes('Domain')
          ? this.#domain(action, name, body, query)
          : this.#part(action, name, body, query)
    }
  }

  /** Functions of edition 2.0, as this edition tells them: `service$function`. */
  readonly older: { readonly functionName: string; readonly description: string }[] = []

  #list(query: URLSearchParams): Tree {
    const prefix = query.get('prefix') ?? ''
    const all = query.get('fcVersion') === 'v2' ? this.older : [...this.#functions.values()].map((fn) => this.#told(fn))
    return page(
      all.filter(({ functionName }) => String(functionName).startsWith(prefix)),
      'functions',
      query,
    )
  }

  // Every function says what it was sent; one that is sent "fail" fails.
  #invoke(route: Route, request: WireRequest): WireReply {
    const name = route.pattern.exec(request.path)?.[1] ?? ''
    if (!this.#functions.has(name)) return failure(404, 'FunctionNotFound', `function '${name}' does not exist`)
    const headers = { 'x-fc-request-id': '1-abc' }
    if (request.headers['x-fc-invocation-type'] === 'Async') return { status: 202, headers }
    const log =
      request.headers['x-fc-log-type'] === 'Tail'
        ? { 'x-fc-log-result': Buffer.from('FC Invoke Start\n').toString('base64') }
        : {}
    const text = request.body.toString()
    if (!text.includes('fail')) return { status: 200, body: Buffer.from(text), headers: { ...headers, ...log } }
    const body = JSON.stringify({ errorMessage: 'it failed', errorType: 'TypeError', stackTrace: ['at handler'] })
    return {
      status: 200,
      body: Buffer.from(body),
      headers: { ...headers, ...log, 'x-fc-error-type': 'UnhandledInvocationError' },
    }
  }

  #shelf(name: string): Shelf {
    this.#function(name)
    const known = this.#shelves.get(name)
    if (known) return known
    const shelf = new Shelf()
    this.#shelves.set(name, shelf)
    return shelf
  }

  #create(body: Tree): Tree {
    const name = String(body['functionName'])
    if (this.#functions.has(name)) throw new Refusal(409, 'FunctionAlreadyExists', `function '${name}' already exists`)
    const fn = { ...this.#made(body, name), busyUntil: performance.now() + (this.options.settleMs ?? 0) }
    this.#functions.set(name, fn)
    return this.#told(fn)
  }

  #made(body: Tree, name: string): Tree {
    const { code, ...spec } = body
    const time = new Date().toISOString()
    return {
      cpu: 0.35,
      memorySize: 512,
      diskSize: 512,
      timeout: 3,
      internetAccess: true,
      instanceConcurrency: 1,
      ...echoed(spec),
      functionArn: `acs:fc:${REGION}:${ACCOUNT}:functions/${name}`,
      functionId: `id-${++this.#ids}`,
      createdTime: time,
      lastModifiedTime: time,
      ...codeFields(code, this.neighbours.objects),
    }
  }

  #update(name: string, body: Tree): Tree {
    const fn = this.#function(name)
    if (fn.busyUntil > performance.now())
      throw new Refusal(409, 'ConcurrentUpdateError', 'the function is being updated')
    const { code, ...spec } = body
    Object.assign(fn, echoed(spec), codeFields(code, this.neighbours.objects), {
      lastModifiedTime: new Date().toISOString(),
    })
    fn.busyUntil = performance.now() + (this.options.settleMs ?? 0)
    return this.#told(fn)
  }

  #delete(name: string): undefined {
    this.#function(name)
    if (this.#triggersOf(name).length > 0)
      throw new Refusal(409, 'FunctionNotEmpty', 'the function has active triggers')
    const { versions, aliases } = this.#shelf(name)
    if (versions.length > 0 || aliases.size > 0)
      throw new Refusal(409, 'FunctionNotEmpty', 'the function has versions or aliases')
    this.#functions.delete(name)
    this.#shelves.delete(name)
    for (const key of [...this.#parts.keys()]) if (key.endsWith(`/${name}`)) this.#parts.delete(key)
  }

  #tag(body: Tree, query: URLSearchParams): Tree {
    const ids = (body['ResourceId'] ?? JSON.parse(query.get('ResourceId') ?? '[]')) as string[]
    const added = (body['Tag'] ?? []) as { Key: string; Value: string }[]
    const gone = JSON.parse(query.get('TagKey') ?? '[]') as string[]
    for (const id of ids) {
      const fn = this.#function(id.split('/').at(-1) ?? '')
      const old = (fn['tags'] ?? []) as { Key: string; Value: string }[]
      const keys = new Set([...gone, ...added.map(({ Key }) => Key)])
      fn['tags'] = [...old.filter(({ Key }) => !keys.has(Key)), ...added]
    }
    return { RequestId: 'r' }
  }

  #createTrigger(name: string, body: Tree): Tree {
    this.#function(name)
    const key = `${name}/${body['triggerName']}`
    if (this.#triggers.has(key))
      throw new Refusal(409, 'TriggerAlreadyExists', `trigger '${body['triggerName']}' already exists`)
    const hasHttp = this.#triggersOf(name).some(({ triggerType }) => triggerType === 'http')
    if (body['triggerType'] === 'http' && hasHttp)
      throw new Refusal(400, 'InvalidArgument', 'there is an http trigger already')
    checkBucket(body, this.#triggers.values())
    this.neighbours.roles.check(body, `acs:fc:${REGION}:${ACCOUNT}:functions/${name}`)
    const trigger = {
      qualifier: 'LATEST',
      ...normalized(body),
      triggerId: `id-${++this.#ids}`,
      createdTime: new Date().toISOString(),
      ...(body['triggerType'] === 'http' && {
        httpTrigger: { urlInternet: `https://${name}-x.${REGION}.fcapp.run`, urlIntranet: '' },
      }),
    }
    this.#triggers.set(key, trigger)
    return trigger
  }

  #updateTrigger(name: string, trigger: Tree, body: Tree): Tree {
    const changed = normalized({ ...trigger, ...body })
    checkFixed(trigger, changed)
    checkBucket(
      changed,
      [...this.#triggers.values()].filter((other) => other !== trigger),
    )
    this.neighbours.roles.check(changed, `acs:fc:${REGION}:${ACCOUNT}:functions/${name}`)
    return Object.assign(trigger, changed)
  }

  #part(action: string, name: string, body: Tree, query: URLSearchParams): Tree | undefined {
    const kind = /^(?:List|Put|Delete|Get)(\w+?)s?$/.exec(action)?.[1] ?? ''
    const field = kind === 'ScalingConfig' ? 'scalingConfigs' : 'configs'
    const key = `${kind}/${name}`
    if (action.startsWith('List'))
      return page(
        [...this.#parts].filter(([id]) => id.startsWith(kind)).map(([, part]) => part),
        field,
        query,
      )
    this.#function(name)
    if (action.startsWith('Delete')) {
      if (!this.#parts.delete(key)) throw new Refusal(404, `${kind}NotExists`, `${key} does not exist`)
      return undefined
    }
    const part = { functionArn: `acs:fc:${REGION}:${ACCOUNT}:functions/${name}`, ...body }
    this.#parts.set(key, part)
    return part
  }

  #domain(action: string, name: string, body: Tree, query: URLSearchParams): Tree | undefined {
    if (action === 'ListCustomDomains') return page([...this.#domains.values()], 'customDomains', query)
    if (action === 'CreateCustomDomain') {
      const key = String(body['domainName'])
      if (this.#domains.has(key)) throw new Refusal(409, 'DomainNameAlreadyExists', `${key} already exists`)
      this.#domains.set(key, { ...body, accountId: ACCOUNT })
      return this.#domains.get(key)
    }
    const domain = this.#domains.get(name)
    if (!domain) throw new Refusal(404, 'DomainNameNotFound', `${name} does not exist`)
    if (action !== 'DeleteCustomDomain') return Object.assign(domain, body)
    this.#domains.delete(name)
    return undefined
  }

  #function(name: string): Tree & { busyUntil: number } {
    const fn = this.#functions.get(name)
    if (!fn) throw new Refusal(404, 'FunctionNotFound', `function '${name}' does not exist`)
    return fn
  }

  #trigger(name: string, trigger: string): Tree {
    this.#function(name)
    const found = this.#triggers.get(`${name}/${trigger}`)
    if (!found) throw new Refusal(404, 'TriggerNotFound', `trigger '${trigger}' does not exist`)
    return found
  }

  #triggersOf(name: string): Tree[] {
    return [...this.#triggers].filter(([key]) => key.startsWith(`${name}/`)).map(([, trigger]) => trigger)
  }

  #told({ busyUntil, ...fn }: Tree & { busyUntil: number }): Tree {
    const busy = busyUntil > performance.now()
    const isNew = fn['createdTime'] === fn['lastModifiedTime']
    return {
      ...fn,
      state: busy && isNew ? 'Pending' : 'Active',
      lastUpdateStatus: busy && !isNew ? 'InProgress' : 'Successful',
    }
  }
}

function routeOf({ method, path }: Pick<WireRequest, 'method' | 'path'>): Route | undefined {
  return ROUTES.find((route) => route.method === method && route.pattern.test(path))
}

function failure(status: number, Code: string, Message: string): WireReply {
  return { status, body: { Code, Message, RequestId: 'r-1' } }
}

function page(items: readonly Tree[], field: string, query: URLSearchParams): Tree {
  const limit = Number(query.get('limit') ?? 20)
  const start = Number(query.get('nextToken') ?? 0)
  const next = start + limit
  return { [field]: items.slice(start, next), ...(next < items.length && { nextToken: String(next) }) }
}

function codeFields(code: unknown, objects: ReadonlyMap<string, Buffer>): Tree {
  if (code === undefined) return {}
  const { zipFile, ossBucketName, ossObjectName } = code as Record<string, string>
  const bytes =
    zipFile === undefined ? objects.get(`${ossBucketName}/${ossObjectName}`) : Buffer.from(zipFile, 'base64')
  if (!bytes) throw new Refusal(404, 'OSSObjectNotFound', `${ossBucketName}/${ossObjectName} does not exist`)
  return { codeChecksum: new Crc64().update(bytes).digest(), codeSize: bytes.length }
}

// The platform tells more than it was sent, and layers in another shape.
function echoed(spec: Tree): Tree {
  const { layers, logConfig, vpcConfig, customContainerConfig: image } = spec
  const has = (map: unknown): map is Tree => Object.keys((map ?? {}) as Tree).length > 0
  return {
    ...spec,
    ...(layers !== undefined && { layers: (layers as string[]).map((arn) => ({ arn, size: 1 })) }),
    ...(has(logConfig) && {
      logConfig: { enableInstanceMetrics: false, enableRequestMetrics: false, logBeginRule: 'None', ...logConfig },
    }),
    ...(has(image) && {
      customContainerConfig: {
        accelerationType: 'Default',
        acrInstanceId: '',
        resolvedImageUri: image['image'],
        ...image,
      },
    }),
    ...(has(vpcConfig) && { vpcConfig: { role: '', ...vpcConfig } }),
  }
}

// Keys come back in another order than they were sent, with empty ones for those that were not.
function normalized(trigger: Tree): Tree {
  const config = {
    ...BLANKS[String(trigger['triggerType'])],
    ...(JSON.parse(String(trigger['triggerConfig'])) as Tree),
  }
  return { ...trigger, triggerConfig: JSON.stringify(Object.fromEntries(Object.entries(config).reverse())) }
}

// The settings that the vendor's models have for these.
const BLANKS: Readonly<Record<string, Tree>> = {
  http: { authConfig: '' },
  timer: { payload: '' },
  log: { functionParameter: {} },
  mns_topic: { filterTag: '' },
  cdn_events: { notes: '' },
}

function withoutTimes(thing: Tree): Tree {
  const { createdTime: _, lastModifiedTime: __, functionId: ___, triggerId: ____, busyUntil: _____, ...known } = thing
  const rest = Object.fromEntries(Object.entries(known).filter(([, value]) => JSON.stringify(value) !== '{}'))
  const tags = rest['tags'] as { Key: string }[] | undefined
  return { ...rest, ...(tags && { tags: [...tags].sort((a, b) => (a.Key < b.Key ? -1 : 1)) }) }
}
