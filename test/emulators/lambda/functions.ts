import { createHash } from 'node:crypto'
import { Refusal } from '../refusal.ts'
import type { Tree } from './schema.ts'
import { arnOf, type Calls, type Fn, nameOf, pageOf, type World } from './world.ts'

/** Functions: code, settings, tags. */
export function functionCalls(world: World): Calls {
  const calls = new Functions(world)
  return {
    CreateFunction: (input) => calls.create(input),
    GetFunction: ({ FunctionName, Qualifier }) => {
      const fn = world.fn(FunctionName)
      if (Qualifier !== undefined)
        return {
          Configuration: { ...world.version(FunctionName, Qualifier), State: 'Active' },
          Code: {},
          Tags: fn.tags,
        }
      const image = fn['image'] === undefined ? {} : { ImageUri: fn['image'] }
      return { Configuration: told(fn), Code: { RepositoryType: 'S3', ...image }, Tags: fn.tags }
    },
    GetFunctionConfiguration: ({ FunctionName, Qualifier }) =>
      Qualifier === undefined
        ? told(world.fn(FunctionName))
        : { ...world.version(FunctionName, Qualifier), State: 'Active' },
    ListFunctions: ({ Marker, MaxItems }) => {
      const { page, next } = pageOf([...world.functions.values()], Number(MaxItems ?? 50), Marker)
      return { Functions: page.map(({ config }) => config), ...(next && { NextMarker: next }) }
    },
    UpdateFunctionConfiguration: (input) => calls.configure(input),
    UpdateFunctionCode: (input) => calls.code(input),
    DeleteFunction: ({ FunctionName }) => {
      world.fn(FunctionName)
      world.functions.delete(nameOf(FunctionName))
      return {}
    },
    ListTags: ({ Resource }) => ({
      Tags: world.mappingTags.get(String(Resource)) ?? world.fn(Resource).tags,
    }),
    TagResource: ({ Resource, Tags }) => {
      Object.assign(world.fn(Resource).tags, Tags)
      return {}
    },
    UntagResource: ({ Resource, TagKeys }) => {
      const { tags } = world.fn(Resource)
      for (const key of TagKeys as string[]) delete tags[key]
      return {}
    },
    Invoke: (input) => invoke(world.fn(input['FunctionName']), input),
  }
}

class Functions {
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  create({ Code, Tags, Publish: _, ...spec }: Tree): Tree {
    const name = nameOf(spec['FunctionName'])
    if (this.#world.functions.has(name))
      throw new Refusal(409, 'ResourceConflictException', `Function already exist: ${name}`)
    if (!this.#world.canAssume(spec['Role'], 'lambda.amazonaws.com'))
      throw invalid('The role defined for the function cannot be assumed by Lambda.')
    this.#checkRights(spec)
    checkSettings(spec)
    if ((spec['PackageType'] ?? 'Zip') === 'Zip' && !(spec['Runtime'] && spec['Handler']))
      throw invalid('Runtime and Handler are mandatory parameters for functions created with deployment packages.')
    const fn: Fn = {
      config: {
        ...DEFAULTS,
        ...spec,
        FunctionArn: arnOf(name),
        Version: '$LATEST',
        LastModified: new Date().toISOString(),
      },
      tags: { ...(Tags as Record<string, string>) },
      busyUntil: performance.now() + this.#world.settleMs(),
      isNew: true,
      versions: [],
      aliases: new Map(),
      facets: new Map(),
    }
    setCode(fn, this.#world.codeIn(Code as Tree))
    fn.config = normal(fn.config)
    this.#world.functions.set(name, fn)
    return told(fn)
  }

  configure({ FunctionName, RevisionId: _, ...spec }: Tree): Tree {
    const fn = this.#idle(FunctionName)
    if (spec['Role'] !== undefined && !this.#world.canAssume(spec['Role'], 'lambda.amazonaws.com'))
      throw invalid('The role defined for the function cannot be assumed by Lambda.')
    this.#checkRights(spec)
    checkSettings(spec)
    fn.config = normal({ ...fn.config, ...spec })
    return this.#touched(fn)
  }

  // Of a role that somebody else made nobody here knows what it allows.
  #checkRights({ Role, VpcConfig, DeadLetterConfig }: Tree): void {
    const role = this.#world.roles.get(String(Role).split('/').at(-1) ?? '')
    if (!role || role.path === '/') return
    const lacks = (right: string) => invalid(`The provided execution role does not have permissions to call ${right}`)
    const { SubnetIds = [] } = (VpcConfig ?? {}) as { SubnetIds?: string[] }
    const isJoined = [...role.attached].some((policy) => /VPCAccess|MSK/.test(policy))
    if (SubnetIds.length > 0 && !isJoined) throw lacks('CreateNetworkInterface on EC2')
    const { TargetArn = '' } = (DeadLetterConfig ?? {}) as { TargetArn?: string }
    const [action, right] = TargetArn.includes(':sns:')
      ? ['sns:Publish', 'Publish on SNS']
      : ['sqs:SendMessage', 'SendMessage on SQS']
    const isAllowed = [...role.policies.values()].some((text) => text.includes(action) && text.includes(TargetArn))
    if (TargetArn !== '' && !isAllowed) throw lacks(right)
  }

  code({ FunctionName, Architectures, ...code }: Tree): Tree {
    const fn = this.#idle(FunctionName)
    if (Architectures !== undefined) fn.config['Architectures'] = Architectures
    setCode(fn, this.#world.codeIn(code))
    return this.#touched(fn)
  }

  #touched(fn: Fn): Tree {
    fn.isNew = false
    fn.busyUntil = performance.now() + this.#world.settleMs()
    fn.config['LastModified'] = new Date().toISOString()
    return told(fn)
  }

  #idle(name: unknown): Fn {
    const fn = this.#world.fn(name)
    if (fn.busyUntil <= performance.now()) return fn
    const why = fn.isNew
      ? 'The function is currently in the following state: Pending'
      : 'An update is in progress for resource'
    throw new Refusal(409, 'ResourceConflictException', `The operation cannot be performed at this time. ${why}`)
  }
}

function told(fn: Fn): Tree {
  const isBusy = fn.busyUntil > performance.now()
  return {
    ...fn.config,
    State: isBusy && fn.isNew ? 'Pending' : 'Active',
    LastUpdateStatus: isBusy ? 'InProgress' : 'Successful',
  }
}

const DEFAULTS: Tree = {
  Description: '',
  MemorySize: 128,
  Timeout: 3,
  PackageType: 'Zip',
  Architectures: ['x86_64'],
  EphemeralStorage: { Size: 512 },
  TracingConfig: { Mode: 'PassThrough' },
  SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
}

// What is set to nothing is not told, and some things are told in another shape than they were sent.
function normal(config: Tree): Tree {
  const {
    Environment,
    VpcConfig,
    DeadLetterConfig,
    KMSKeyArn,
    FileSystemConfigs,
    Layers,
    ImageConfig,
    SnapStart,
    LoggingConfig,
    ...rest
  } = config
  const size = (value: unknown): number => Object.keys((value ?? {}) as Tree).length
  const { Variables } = (Environment ?? {}) as Tree
  const subnets = ((VpcConfig ?? {}) as { SubnetIds?: string[] }).SubnetIds ?? []
  return {
    ...rest,
    SnapStart: { OptimizationStatus: 'Off', ...(SnapStart as Tree) },
    LoggingConfig: { LogFormat: 'Text', LogGroup: `/aws/lambda/${config['FunctionName']}`, ...(LoggingConfig as Tree) },
    ...(size(Variables) > 0 && { Environment }),
    ...(subnets.length > 0 && {
      VpcConfig: { Ipv6AllowedForDualStack: false, VpcId: 'vpc-1', ...(VpcConfig as Tree) },
    }),
    ...((DeadLetterConfig as Tree | undefined)?.['TargetArn'] ? { DeadLetterConfig } : {}),
    ...(KMSKeyArn ? { KMSKeyArn } : {}),
    ...(size(FileSystemConfigs) > 0 && { FileSystemConfigs }),
    ...(size(Layers) > 0 && {
      Layers: (Layers as (string | Tree)[]).map((one) => (typeof one === 'string' ? { Arn: one, CodeSize: 1 } : one)),
    }),
    ...(size(ImageConfig) > 0 && { ImageConfigResponse: { ImageConfig } }),
  }
}

function setCode(fn: Fn, { ZipFile, ImageUri }: Tree): void {
  if (ImageUri !== undefined) {
    fn['image'] = ImageUri
    return
  }
  if (typeof ZipFile !== 'string') return
  const bytes = Buffer.from(ZipFile, 'base64')
  fn.config['CodeSha256'] = createHash('sha256').update(bytes).digest('base64')
  fn.config['CodeSize'] = bytes.length
}

// https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
function checkSettings({ MemorySize = 128, Timeout = 3, Environment, Description = '' }: Tree): void {
  const within = (value: unknown, min: number, max: number): boolean => Number(value) >= min && Number(value) <= max
  if (!within(MemorySize, 128, 10_240)) throw invalid(`'MemorySize' value failed to satisfy constraint: ${MemorySize}`)
  if (!within(Timeout, 1, 900)) throw invalid(`'Timeout' value failed to satisfy constraint: ${Timeout}`)
  if (String(Description).length > 256) throw invalid('description is too long')
  const { Variables = {} } = (Environment ?? {}) as { Variables?: Tree }
  const wrong = Object.keys(Variables).find((name) => !/^[a-zA-Z]\w+$/.test(name))
  if (wrong !== undefined) throw invalid(`environment variable name ${wrong}`)
}

function invalid(message: string): Refusal {
  return new Refusal(400, 'InvalidParameterValueException', message)
}

// Every function says what it was sent; one that is sent "fail" fails.
function invoke(_fn: Fn, { Payload, InvocationType, LogType }: Tree): Tree {
  if (InvocationType === 'Event') return { StatusCode: 202 }
  const text = String(Payload)
  const log =
    LogType === 'Tail'
      ? {
          LogResult: Buffer.from(
            'START RequestId\nREPORT RequestId Duration: 1.5 ms\tBilled Duration: 2 ms\n',
          ).toString('base64'),
        }
      : {}
  if (!text.includes('fail')) return { StatusCode: 200, Payload: Buffer.from(text), ...log }
  const body = { errorMessage: 'it failed', errorType: 'TypeError', trace: ['at handler'] }
  return { StatusCode: 200, FunctionError: 'Unhandled', Payload: Buffer.from(JSON.stringify(body)), ...log }
}
