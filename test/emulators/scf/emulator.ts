import { Emulator, type WireReply, type WireRequest } from '../emulator.ts'
import { Refusal } from '../refusal.ts'
import { checkParams, codesOf } from './contract.ts'
import { Functions, refused, type StoredFunction, statusOf, type Tree } from './functions.ts'
import { type Minute, monitorData } from './metrics.ts'
import { Shelves } from './shelves.ts'
import { checkSignature } from './signature.ts'
import { Storage } from './storage.ts'
import { Triggers } from './triggers.ts'

const UIN = '100000000001'
const VERSIONS = new Set(['2018-04-16', '2018-08-13', '2020-10-16', '2018-07-24', '2019-01-16'])

/** SCF with the tag, identity and log services beside it, as their documents and the vendor's declarations describe them. */
export class ScfEmulator extends Emulator {
  readonly keys = new Map([['id', 'secret']])
  readonly functions = new Functions()
  readonly triggers = new Triggers()
  readonly #shelves = new Shelves()
  readonly #domains = new Map<string, Tree>()
  /** What the log service holds. */
  readonly logs: Tree[] = []
  /** What the monitoring service holds. */
  readonly minutes: Minute[] = []
  readonly storage = new Storage(this.functions.objects, this.keys)

  state(): unknown {
    const functions = this.functions.list().map(([key, { told, zip, event, reservedMb }]) => {
      const { FunctionId: _, AddTime: __, ModTime: ___, Tags, ...rest } = told
      const tags = (Tags as Tree[]).map(({ Key, Value }) => `${Key}=${Value}`).sort()
      return [key, { ...rest, tags, zip, event, reservedMb }]
    })
    const triggers = [...this.triggers.all()].sort(([a], [b]) => (a < b ? -1 : 1))
    return {
      namespaces: [...this.functions.namespaces],
      functions: Object.fromEntries(functions),
      triggers: triggers.map(([key, { TriggerDesc, ...rest }]) => [key, { ...rest, desc: withoutUrl(TriggerDesc) }]),
      domains: Object.fromEntries(this.#domains),
      objects: [...this.functions.objects.keys()],
    }
  }

  plant(FunctionName: string): void {
    const Code = { ZipFile: 'UEsDBA==' }
    this.functions.create({ FunctionName, Runtime: 'Nodejs20.19', Handler: 'index.main', Code }, 0)
  }

  drift(FunctionName: string, change: Tree): void {
    Object.assign(this.functions.get({ FunctionName }).told, change)
  }

  protected name({ headers, method, path, url }: Omit<WireRequest, 'action'>): string {
    if (this.storage.isAsked(headers)) return `${method === 'HEAD' ? 'Get' : method} ${path === '/' ? url : 'object'}`
    return headers['x-tc-action'] ?? ''
  }

  protected changes({ action }: WireRequest): boolean {
    return !/^(Get|List|Search|Invoke)/.test(action)
  }

  protected refuse(fault: 'throttle' | 'unavailable'): WireReply {
    return fault === 'throttle'
      ? failure('RequestLimitExceeded', 'Your current request times exceeds the limit of 20 times per second.')
      : { status: 503, body: { message: 'busy' } }
  }

  protected answer(request: WireRequest): WireReply {
    const { action, headers, body } = request
    if (this.storage.isAsked(headers)) return this.storage.answer(request)
    if (body.length > 10 * 1024 * 1024) return failure('RequestSizeLimitExceeded', 'more than 10 MB')
    const problem = checkSignature(request, this.keys)
    if (problem) return failure(problem, 'The provided credentials could not be validated.')
    if (!VERSIONS.has(headers['x-tc-version'] ?? '')) return failure('NoSuchVersion', 'no such version')
    const params = JSON.parse(body.toString()) as Tree
    const problems = checkParams(action, params)
    if (problems.length > 0) return failure('InvalidParameter', problems.join('; '))
    try {
      const answer = this.#do(action, params) ?? {}
      return { status: 200, body: { Response: { ...answer, RequestId: 'r-1' } } }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      checkCode(action, error.code)
      return failure(error.code, error.message)
    }
  }

  #do(action: string, params: Tree): Tree | undefined {
    if (/Alias|Version/.test(action)) return this.#shelf(action, params)
    if (/Trigger/.test(action)) return this.#trigger(action, params)
    if (action === 'CreateDeliverCloudFunction') return this.#deliver(params)
    if (/Domain/.test(action)) return this.#domain(action, params)
    const settleMs = this.options.settleMs ?? 0
    switch (action) {
      case 'ListNamespaces':
        return page(
          [...this.functions.namespaces].map((Name) => ({ Name, Type: 'default' })),
          'Namespaces',
          params,
        )
      case 'CreateNamespace':
        if (this.functions.namespaces.has(String(params['Namespace']))) throw refused('ResourceInUse.Namespace')
        return void this.functions.namespaces.add(String(params['Namespace']))
      case 'ListFunctions':
        return page(this.#listed(String(params['Namespace'] ?? 'default')), 'Functions', params)
      case 'GetFunction': {
        const fn = this.functions.get(params)
        return { ...fn.told, ...statusOf(fn), Triggers: this.triggers.of(keyOf(params)) }
      }
      case 'CreateFunction':
        return void this.functions.create(params, settleMs)
      case 'UpdateFunctionCode': {
        const fn = this.#changeable(params, 'FailedOperation.FunctionStatusError')
        this.functions.code(fn, params)
        return this.functions.busy(fn, 'Updating', settleMs) as undefined
      }
      case 'UpdateFunctionConfiguration': {
        const fn = this.#changeable(params, 'FailedOperation.UpdateFunctionConfiguration')
        if (params['Runtime'] !== undefined) throw refused('InvalidParameterValue.Runtime')
        this.functions.configure(fn, params)
        return this.functions.busy(fn, 'Updating', settleMs) as undefined
      }
      case 'DeleteFunction': {
        const fn = this.functions.idle(params, 'FailedOperation.FunctionStatusError')
        const own = this.#shelves.of(keyOf(params)).aliases()
        if (own.some(({ Name }) => Name !== '$DEFAULT')) throw refused('UnsupportedOperation.AliasBind')
        this.triggers.deleteAll(keyOf(params))
        this.#shelves.delete(keyOf(params))
        return this.functions.busy(fn, 'Deleting', settleMs) as undefined
      }
      default:
        return this.#beside(action, params)
    }
  }

  #beside(action: string, params: Tree): Tree | undefined {
    switch (action) {
      case 'GetFunctionEventInvokeConfig':
        return { AsyncTriggerConfig: this.functions.get(params).event }
      case 'UpdateFunctionEventInvokeConfig': {
        const fn = this.functions.idle(params, 'FailedOperation.FunctionVersionStatusNotActive')
        const { MsgTTL, RetryConfig } = params['AsyncTriggerConfig'] as Tree
        fn.event = { MsgTTL, RetryConfig: [...(RetryConfig as Tree[]), { RetryNum: -1 }] }
        return undefined
      }
      case 'PutReservedConcurrencyConfig':
        this.functions.get(params).reservedMb = Number(params['ReservedConcurrencyMem'])
        return undefined
      case 'DeleteReservedConcurrencyConfig':
        this.functions.get(params).reservedMb = 0
        return undefined
      case 'GetCallerIdentity':
        return { AccountId: UIN, Arn: `qcs::sts::uin/${UIN}`, Type: 'CAMUser' }
      case 'ModifyResourceTags':
        return this.#retag(params)
      case 'Invoke':
        return { Result: this.#invoke(params) }
      case 'GetUserAppId':
        return { Uin: UIN, OwnerUin: UIN, AppId: 1_258_888_888 }
      case 'GetMonitorData':
        return monitorData(params, this.minutes)
      case 'SearchLog': {
        const from = Number(params['From'])
        const Results = this.logs.filter((log) => Number(log['Time']) >= from && log['TopicId'] === params['TopicId'])
        return { Results, ListOver: true, Context: '', Analysis: false }
      }
      default:
        throw refused('InvalidAction')
    }
  }

  #trigger(action: string, params: Tree): Tree | undefined {
    this.functions.get(params)
    const key = keyOf(params)
    if (action === 'ListTriggers') return page(this.triggers.of(key), 'Triggers', params)
    if (action === 'CreateTrigger') return { TriggerInfo: this.triggers.create(key, params) }
    if (action === 'UpdateTrigger') this.triggers.update(key, params)
    else if (action === 'UpdateTriggerStatus') this.triggers.switch(key, params)
    else {
      this.#checkUrl(params)
      this.triggers.delete(key, params)
    }
    return undefined
  }

  #checkUrl({ Type, FunctionName, Namespace = 'default' }: Tree): void {
    if (Type !== 'http') return
    const leads = (domain: Tree): boolean =>
      (domain['EndpointsConfig'] as Tree[]).some((one) => keyOf(one) === keyOf({ FunctionName, Namespace }))
    if ([...this.#domains.values()].some(leads)) throw refused('FailedOperation.DeleteTrigger.UrlUsed')
  }

  #deliver(params: Tree): undefined {
    const lacking = ['TopicId', 'FunctionName', 'Namespace', 'Qualifier'].filter((name) => !params[name])
    if (lacking.length > 0) throw refused('MissingParameter', lacking.join())
    const fn = this.functions.get(params)
    if (fn.told['Type'] === 'HTTP') throw refused('InvalidParameter', 'it takes functions with events only')
    return this.triggers.deliver(keyOf(params), params)
  }

  #shelf(action: string, params: Tree): Tree | undefined {
    const fn = this.functions.get(params)
    const shelf = this.#shelves.of(keyOf(params))
    if (action === 'PublishVersion') {
      this.functions.idle(params, 'FailedOperation.PublishVersion')
      this.functions.busy(fn, 'Publishing', this.options.settleMs ?? 0)
      return shelf.publish(String(params['Description'] ?? ''))
    }
    if (action === 'ListVersionByFunction') return page(shelf.versions(), 'Versions', params)
    // These two numbers are text in this list.
    if (action === 'ListAliases') return page(shelf.aliases(), 'Aliases', params)
    if (action === 'DeleteAlias') return shelf.removeAlias(String(params['Name']))
    return shelf.setAlias(params, action === 'CreateAlias')
  }

  #domain(action: string, params: Tree): Tree | undefined {
    const name = String(params['Domain'])
    if (action === 'ListCustomDomains') {
      const { TotalCount, ...rest } = page([...this.#domains.values()], 'Domains', params)
      return { ...rest, Total: TotalCount }
    }
    if (action === 'CreateCustomDomain') {
      if (this.#domains.has(name)) throw refused('InvalidParameterValue.Domain', `${name} is there`)
      return void this.#domains.set(name, { WafConfig: { WafOpen: 'CLOSE', WafInstanceId: '' }, ...params })
    }
    const known = this.#domains.get(name)
    if (!known) throw refused('ResourceNotFound.Function', `${name} is not there`)
    if (action === 'DeleteCustomDomain') this.#domains.delete(name)
    else Object.assign(known, params)
    return undefined
  }

  #retag({ Resource, ReplaceTags = [], DeleteTags = [] }: Tree): undefined {
    const id = new RegExp(`^qcs::scf:ap-[a-z-]+:uin/${UIN}:lam/(lam-\\w+)$`).exec(String(Resource))?.[1]
    const fn = this.functions.list().find(([, { told }]) => told['FunctionId'] === id)?.[1]
    if (!fn) throw refused('InvalidParameterValue.ResourceIdInvalid')
    const replaced = ReplaceTags as { TagKey: string; TagValue: string }[]
    const gone = new Set([...replaced, ...(DeleteTags as { TagKey: string }[])].map(({ TagKey }) => TagKey))
    if (gone.size === 0 || gone.size > 20) throw refused('InvalidParameter')
    const kept = (fn.told['Tags'] as { Key: string }[]).filter(({ Key }) => !gone.has(Key))
    fn.told['Tags'] = [...kept, ...replaced.map(({ TagKey, TagValue }) => ({ Key: TagKey, Value: TagValue }))]
  }

  // Every function says what it was sent; one that is sent "fail" fails.
  #invoke(params: Tree): Tree {
    this.functions.get(params)
    const FunctionRequestId = 'fr-1'
    if (params['InvocationType'] === 'Event') return { FunctionRequestId, RetMsg: '', ErrMsg: '', Log: '' }
    const event = String(params['ClientContext'])
    const stackTrace = 'TypeError: it failed\n    at exports.handler (/var/user/index.js:1:1)'
    const failed = { errorCode: 1, errorMessage: 'user code exception caught', stackTrace, statusCode: 430 }
    return {
      ...{ FunctionRequestId, MemUsage: 12_582_912, Duration: 2.5, BillDuration: 3, InvokeResult: 0 },
      Log: params['LogType'] === 'Tail' ? 'START RequestId: fr-1\nEND RequestId: fr-1' : '',
      ...(event === '"fail"'
        ? { RetMsg: JSON.stringify(failed), ErrMsg: 'user code exception' }
        : { RetMsg: event, ErrMsg: '' }),
    }
  }

  #changeable(params: Tree, code: string): StoredFunction {
    const fn = this.functions.idle(params, code)
    if (statusOf(fn)['Status'] === 'CreateFailed') throw refused(code, 'the function could not be created')
    return fn
  }

  #listed(namespace: string): Tree[] {
    return this.functions.list().flatMap(([key, fn]) => {
      if (!key.startsWith(`${namespace}/`)) return []
      const { FunctionName, FunctionId, Tags, Runtime, Type, Description, AsyncRunEnable, TraceEnable } = fn.told
      const { AddTime, ModTime } = fn.told
      const times = { AddTime, ModTime }
      const known = {
        FunctionName,
        FunctionId,
        Tags,
        Runtime,
        Type,
        Description,
        AsyncRunEnable,
        TraceEnable,
        ...times,
      }
      const ReservedConcurrencyMem = fn.reservedMb === 0 ? null : fn.reservedMb
      return [{ ...known, Namespace: namespace, ...statusOf(fn), ReservedConcurrencyMem }]
    })
  }
}

function keyOf({ FunctionName, Namespace = 'default' }: Tree): string {
  return `${Namespace}/${FunctionName}`
}

function page(items: readonly Tree[], field: string, { Offset = 0, Limit = 20 }: Tree): Tree {
  const start = Number(Offset)
  return { [field]: items.slice(start, start + Number(Limit)), TotalCount: items.length }
}

function failure(Code: string, Message: string): WireReply {
  return { status: 200, body: { Response: { Error: { Code, Message }, RequestId: 'r-1' } } }
}

// An emulator that answers what the platform never does proves nothing.
function checkCode(action: string, code: string): void {
  const listed = codesOf(action)
  const family = code.split('.')[0] ?? code
  if (listed && !listed.includes(code) && !COMMON.has(code) && !listed.includes(family))
    throw new Error(`${action} never answers ${code}`)
}

const COMMON = new Set(['InvalidAction', 'InvalidParameter', 'InvalidParameterValue'])

function withoutUrl(description: unknown): unknown {
  return String(description).replace(/-url\d+/, '')
}
