import { Refusal } from '../refusal.ts'
import type { Tree } from './schema.ts'
import { ACCOUNT, arnOf, type Calls, type Fn, nameOf, REGION, type World } from './world.ts'

/** What belongs to functions: policy, address, asynchronous calls, concurrency, versions, aliases. */
export function partCalls(world: World): Calls {
  return { ...policyCalls(world), ...urlCalls(world), ...settingCalls(world), ...versionCalls(world) }
}

function policyCalls(world: World): Calls {
  return {
    AddPermission: (input) => {
      const fn = world.fn(input['FunctionName'])
      const sid = String(input['StatementId'])
      if (fn.policy.has(sid))
        throw new Refusal(
          409,
          'ResourceConflictException',
          `The statement id (${sid}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
        )
      const statement = statementOf(input)
      fn.policy.set(sid, statement)
      return { Statement: JSON.stringify(statement) }
    },
    GetPolicy: ({ FunctionName }) => {
      const { policy } = world.fn(FunctionName)
      if (policy.size === 0) throw missing('The resource you requested does not exist.')
      return { Policy: JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement: [...policy.values()] }) }
    },
    RemovePermission: ({ FunctionName, StatementId }) => {
      if (!world.fn(FunctionName).policy.delete(String(StatementId)))
        throw missing(`Statement ${StatementId} is not found in resource policy.`)
      return {}
    },
  }
}

function statementOf({
  FunctionName,
  StatementId,
  Action,
  Principal,
  SourceArn,
  SourceAccount,
  FunctionUrlAuthType,
  InvokedViaFunctionUrl,
}: Tree): Tree {
  const Condition = {
    ...(SourceArn !== undefined && { ArnLike: { 'AWS:SourceArn': SourceArn } }),
    ...((SourceAccount !== undefined || FunctionUrlAuthType !== undefined) && {
      StringEquals: {
        ...(SourceAccount !== undefined && { 'AWS:SourceAccount': SourceAccount }),
        ...(FunctionUrlAuthType !== undefined && { 'lambda:FunctionUrlAuthType': FunctionUrlAuthType }),
      },
    }),
    ...(InvokedViaFunctionUrl !== undefined && {
      Bool: { 'lambda:InvokedViaFunctionUrl': String(InvokedViaFunctionUrl) },
    }),
  }
  return {
    Sid: StatementId,
    Effect: 'Allow',
    Principal: Principal === '*' ? '*' : { Service: Principal },
    Action,
    Resource: arnOf(nameOf(FunctionName)),
    ...(Object.keys(Condition).length > 0 && { Condition }),
  }
}

function urlCalls(world: World): Calls {
  const of = (name: unknown): Fn & { url: Tree } => {
    const fn = world.fn(name)
    if (!fn.url) throw missing('The resource you requested does not exist.')
    return fn as Fn & { url: Tree }
  }
  return {
    CreateFunctionUrlConfig: ({ FunctionName, ...config }) => {
      const fn = world.fn(FunctionName)
      if (fn.url)
        throw new Refusal(
          409,
          'ResourceConflictException',
          'Failed to create function url config for the function. Error message: FunctionUrlConfig exists for this Lambda function',
        )
      const id = world.id('u')
      fn.url = {
        ...config,
        FunctionArn: fn.config['FunctionArn'],
        FunctionUrl: `https://${id}.lambda-url.${REGION}.on.aws/`,
        CreationTime: new Date().toISOString(),
      }
      return fn.url
    },
    GetFunctionUrlConfig: ({ FunctionName }) => ({
      LastModifiedTime: new Date().toISOString(),
      ...of(FunctionName).url,
    }),
    UpdateFunctionUrlConfig: ({ FunctionName, ...config }) => ({
      LastModifiedTime: new Date().toISOString(),
      ...Object.assign(of(FunctionName).url, config),
    }),
    DeleteFunctionUrlConfig: ({ FunctionName }) => {
      delete (of(FunctionName) as Fn).url
      return {}
    },
  }
}

function settingCalls(world: World): Calls {
  return {
    PutFunctionEventInvokeConfig: ({ FunctionName, ...config }) => {
      const fn = world.fn(FunctionName)
      fn.async = {
        DestinationConfig: { OnSuccess: {}, OnFailure: {} },
        ...config,
        FunctionArn: `${fn.config['FunctionArn']}:$LATEST`,
      }
      return fn.async
    },
    GetFunctionEventInvokeConfig: ({ FunctionName }) => {
      const { async } = world.fn(FunctionName)
      if (!async) throw missing(`The function ${FunctionName} doesn't have an EventInvokeConfig`)
      return async
    },
    DeleteFunctionEventInvokeConfig: ({ FunctionName }) => {
      const fn = world.fn(FunctionName)
      if (!fn.async) throw missing(`The function ${FunctionName} doesn't have an EventInvokeConfig`)
      delete fn.async
      return {}
    },
    PutFunctionConcurrency: ({ FunctionName, ReservedConcurrentExecutions }) => {
      if (Number(ReservedConcurrentExecutions) > 900)
        throw new Refusal(
          400,
          'InvalidParameterValueException',
          "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
        )
      world.fn(FunctionName).reserved = Number(ReservedConcurrentExecutions)
      return { ReservedConcurrentExecutions }
    },
    GetFunctionConcurrency: ({ FunctionName }) => {
      const { reserved } = world.fn(FunctionName)
      return reserved === undefined ? {} : { ReservedConcurrentExecutions: reserved }
    },
    DeleteFunctionConcurrency: ({ FunctionName }) => {
      delete world.fn(FunctionName).reserved
      return {}
    },
  }
}

function versionCalls(world: World): Calls {
  const alias = (fn: Fn, name: unknown): Tree => {
    const found = fn.aliases.get(String(name))
    if (!found) throw missing(`Alias not found: arn:aws:lambda:${REGION}:${ACCOUNT}:function:x:${name}`)
    return found
  }
  const checked = (fn: Fn, { FunctionVersion, RoutingConfig }: Tree): void => {
    const { AdditionalVersionWeights = {} } = (RoutingConfig ?? {}) as { AdditionalVersionWeights?: Tree }
    for (const id of [FunctionVersion, ...Object.keys(AdditionalVersionWeights)])
      if (id !== undefined && !fn.versions.some(({ Version }) => Version === id))
        throw missing(`Function not found: ${id}`)
  }
  return {
    ListVersionsByFunction: ({ FunctionName }) => {
      const fn = world.fn(FunctionName)
      return { Versions: [{ ...fn.config, Version: '$LATEST' }, ...fn.versions] }
    },
    PublishVersion: ({ FunctionName }) => {
      const fn = world.fn(FunctionName)
      const last = fn.versions.at(-1)
      const { LastModified: _, ...config } = fn.config
      if (
        last &&
        JSON.stringify({ ...last, Version: '$LATEST', LastModified: 0 }) ===
          JSON.stringify({ ...config, Version: '$LATEST', LastModified: 0 })
      )
        return last
      const version = { ...config, Version: String(fn.versions.length + 1), LastModified: fn.config['LastModified'] }
      fn.versions.push(version)
      return version
    },
    ListAliases: ({ FunctionName }) => ({ Aliases: [...world.fn(FunctionName).aliases.values()] }),
    CreateAlias: ({ FunctionName, ...given }) => {
      const fn = world.fn(FunctionName)
      if (fn.aliases.has(String(given['Name'])))
        throw new Refusal(409, 'ResourceConflictException', `Alias already exists: ${given['Name']}`)
      checked(fn, given)
      fn.aliases.set(String(given['Name']), given)
      return given
    },
    UpdateAlias: ({ FunctionName, ...given }) => {
      const fn = world.fn(FunctionName)
      const found = alias(fn, given['Name'])
      checked(fn, given)
      return Object.assign(found, given)
    },
    DeleteAlias: ({ FunctionName, Name }) => {
      world.fn(FunctionName).aliases.delete(String(Name))
      return {}
    },
  }
}

function missing(message: string): Refusal {
  return new Refusal(404, 'ResourceNotFoundException', message)
}
