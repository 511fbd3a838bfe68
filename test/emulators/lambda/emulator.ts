import { Emulator, type EmulatorOptions, type WireReply, type WireRequest } from '../emulator.ts'
import { Refusal } from '../refusal.ts'
import { partCalls } from './function-parts.ts'
import { functionCalls } from './functions.ts'
import { GatewayCalls } from './gateway.ts'
import { LogCalls } from './logs.ts'
import { type Minute, metricCalls } from './metrics.ts'
import { type Asked, isAllowed, type Policy, rightsOf } from './rights.ts'
import { roleCalls } from './roles.ts'
import { ScheduleCalls } from './schedules.ts'
import { check, type Tree } from './schema.ts'
import { checkSignature } from './signature.ts'
import { SourceCalls } from './sources.ts'
import { StorageCalls } from './storage.ts'
import { TopicRuleCalls } from './topic-rules.ts'
import { operationOf, readInput, writeFailure, writeOutput } from './wire.ts'
import { ACCOUNT, type Calls, type Facet, type Fn, type Tagged, World } from './world.ts'

/** AWS as far as functions need it: Lambda, IAM, API Gateway, the scheduler and their neighbours. */
export class LambdaEmulator extends Emulator {
  readonly keys = new Map([['id', 'secret']])
  readonly world = new World()
  /** Calls that whoever deploys may not make. */
  readonly denied = new Set<string>()
  /** What whoever deploys may do; everything when missing. */
  policy: Policy | undefined
  /** What CloudWatch knows of functions. */
  readonly minutes: Minute[] = []
  readonly gateway = new GatewayCalls(this.world)
  readonly schedules = new ScheduleCalls(this.world)
  readonly sources = new SourceCalls(this.world)
  readonly logs = new LogCalls(this.world)
  readonly storage = new StorageCalls(this.world)
  readonly topicRules = new TopicRuleCalls()
  /** Service -> its calls. */
  readonly #calls: Readonly<Record<string, Calls>>

  constructor(options: EmulatorOptions = {}) {
    super(options)
    this.world.settleMs = () => this.options.settleMs ?? 0
    this.#calls = {
      lambda: { ...functionCalls(this.world), ...partCalls(this.world), ...this.sources.lambda },
      events: this.sources.events,
      s3: { ...this.sources.s3, ...this.storage.calls },
      logs: this.logs.calls,
      iot: this.topicRules.calls,
      sns: this.sources.sns,
      monitoring: metricCalls(this.minutes),
      iam: roleCalls(this.world),
      apigateway: this.gateway.calls,
      scheduler: this.schedules.calls,
      sts: { GetCallerIdentity: () => ({ Account: ACCOUNT, Arn: `arn:aws:iam::${ACCOUNT}:user/me`, UserId: 'AIDA' }) },
      tagging: { GetResources: (input) => this.#tagged(input) },
    }
    this.#plantRole('fn')
  }

  state(): unknown {
    const functions = [...this.world.functions].sort(([a], [b]) => (a < b ? -1 : 1))
    const roles = [...this.world.roles.values()].filter(({ path }) => path !== '/')
    return {
      functions: Object.fromEntries(functions.map(([name, fn]) => [name, told(fn)])),
      roles: roles
        .map(({ name, path, document, attached, policies }) => ({
          name,
          path,
          document,
          attached: [...attached].sort(),
          policies: [...policies].sort(),
        }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
      apis: this.gateway.state(),
      schedules: this.schedules.state(),
      sources: this.sources.state(),
      logs: this.logs.state(),
      topicRules: this.topicRules.state(),
      objects: this.storage.state(),
    }
  }

  plant(FunctionName: string): void {
    const spec = {
      FunctionName,
      Role: `arn:aws:iam::${ACCOUNT}:role/fn`,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
    }
    this.#calls['lambda']?.['CreateFunction']?.({ ...spec, Code: { ZipFile: Buffer.from('zip').toString('base64') } })
  }

  drift(name: string, change: Tree): void {
    Object.assign(this.world.fn(name).config, change)
  }

  protected name(request: Omit<WireRequest, 'action'>): string {
    return operationOf(request)?.name ?? `${request.method} ${request.path}`
  }

  protected changes({ action }: WireRequest): boolean {
    return !/^(Get|List|Describe|Filter|Head)/.test(action)
  }

  protected refuse(fault: 'throttle' | 'unavailable'): WireReply {
    // All protocols read a status; the words differ from service to service.
    return fault === 'throttle'
      ? writeFailure('rest-json', 429, 'TooManyRequestsException', 'Rate exceeded')
      : writeFailure('rest-json', 503, 'ServiceException', 'The service is busy.')
  }

  protected answer(request: WireRequest): WireReply {
    const operation = operationOf(request)
    if (!operation) return writeFailure('rest-json', 404, 'UnknownOperationException', request.url)
    const { protocol, service, name, input: model } = operation
    const problem = checkSignature(request, this.keys, this.now())
    if (problem) return writeFailure(protocol, 403, problem.code, problem.message)
    if (this.denied.has(name))
      return writeFailure(protocol, 403, 'AccessDenied', `User is not authorized to perform: ${service}:${name}`)
    const input = readInput(operation, request)
    const problems = check(name, input, model)
    if (problems.length > 0) return writeFailure(protocol, 400, 'ValidationException', problems.join('; '))
    const lacking = this.#lacking({ service, name, input, method: request.method, path: request.path })
    if (lacking) return writeFailure(protocol, 403, 'AccessDenied', `User is not authorized to perform: ${lacking}`)
    const call = this.#calls[service]?.[name]
    if (!call) return writeFailure(protocol, 501, 'NotImplemented', `${service} ${name} is not emulated`)
    try {
      return writeOutput(operation, call(input) ?? {})
    } catch (error) {
      if (error instanceof Refusal) return writeFailure(protocol, error.status, error.code, error.message)
      throw error
    }
  }

  #lacking(asked: Asked): string | undefined {
    const { policy, world } = this
    if (!policy) return undefined
    const rights = rightsOf(asked, {
      roleArn: (name) => `arn:aws:iam::${ACCOUNT}:role${world.roles.get(String(name))?.path ?? '/'}${name}`,
      logTags: (group) => this.logs.tagsOf(group),
      mapped: (id) => this.sources.mappings.get(String(id))?.['FunctionArn'],
    })
    const lack = rights.find((right) => !isAllowed(policy, right))
    return lack && `${lack.action} on resource: ${lack.resource}`
  }

  // The list of tags is behind: a function is not in it before it has settled.
  #tagged({ TagFilters = [], ResourceTypeFilters = [] }: Tree): Tree {
    const types = ResourceTypeFilters as string[]
    const all: readonly [string, Iterable<Tagged>][] = [
      ['lambda:function', this.world.tagged()],
      ['logs:log-group', this.logs.tagged()],
      ['scheduler:schedule-group', this.schedules.tagged()],
      ['events:rule', this.sources.tagged()],
      ['iot:rule', this.topicRules.tagged()],
    ]
    const found = all
      .flatMap(([type, things]) => (types.includes(type) ? [...things] : []))
      .filter(([, tags]) => (TagFilters as TagFilter[]).every(({ Key, Values }) => Values.includes(tags[Key] ?? '')))
    return {
      PaginationToken: '',
      ResourceTagMappingList: found.map(([ResourceARN, tags]) => ({
        ResourceARN,
        Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      })),
    }
  }

  #plantRole(name: string): void {
    const document = '{"Statement":[{"Principal":{"Service":["lambda.amazonaws.com"]}}]}'
    this.world.roles.set(name, { name, path: '/', document, knownAt: 0, attached: new Set(), policies: new Map() })
  }
}

interface TagFilter {
  readonly Key: string
  readonly Values: string[]
}

// Which number a version has is chance: what an alias leads to is what counts.
function told({ config, tags, facets, reserved, aliases, versions }: Fn): Tree {
  const plain = ({ LastModified: _, Version: __, FunctionArn: ___, ...rest }: Tree): Tree => sorted(rest)
  const leads = [...aliases].map(([name, { FunctionVersion, RoutingConfig }]) => {
    const version = versions.find((one) => one['Version'] === FunctionVersion) ?? {}
    const { AdditionalVersionWeights = {} } = (RoutingConfig ?? {}) as Tree
    return [name, { version: plain(version), weights: AdditionalVersionWeights, ...facet(facets.get(name)) }]
  })
  return {
    config: plain(config),
    tags: sorted(tags),
    ...facet(facets.get('')),
    reserved,
    aliases: Object.fromEntries(leads),
  }
}

function facet({ policy, url, async, provisioned }: Facet = { policy: new Map() }): Tree {
  const { FunctionUrl: _, CreationTime: __, ...address } = url ?? {}
  const statements = [...policy.values()]
    .map((one) => JSON.stringify(one).replace(/execute-api:[^"]+/, 'execute-api'))
    .sort()
  return { policy: statements, url: address, async, provisioned: provisioned?.count }
}

function sorted(tree: Tree): Tree {
  return Object.fromEntries(Object.entries(tree).sort(([a], [b]) => (a < b ? -1 : 1)))
}
