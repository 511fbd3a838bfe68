import { Refusal } from '../refusal.ts'
import type { Tree } from './schema.ts'
import { provisionedCalls, versionCalls } from './versions.ts'
import { arnOf, type Calls, type Facet, nameOf, REGION, type World } from './world.ts'

/** What belongs to functions: policy, address, asynchronous calls, concurrency, versions, aliases. */
export function partCalls(world: World): Calls {
  return {
    ...policyCalls(world),
    ...urlCalls(world),
    ...settingCalls(world),
    ...versionCalls(world),
    ...provisionedCalls(world),
  }
}

function policyCalls(world: World): Calls {
  return {
    AddPermission: (input) => {
      const fn = world.facet(input['FunctionName'], input['Qualifier'])
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
    GetPolicy: ({ FunctionName, Qualifier }) => {
      const { policy } = world.facet(FunctionName, Qualifier)
      if (policy.size === 0) throw missing('The resource you requested does not exist.')
      return { Policy: JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement: [...policy.values()] }) }
    },
    RemovePermission: ({ FunctionName, Qualifier, StatementId }) => {
      if (!world.facet(FunctionName, Qualifier).policy.delete(String(StatementId)))
        throw missing(`Statement ${StatementId} is not found in resource policy.`)
      return {}
    },
  }
}

function statementOf({
  FunctionName,
  Qualifier,
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
    Resource: arnOf(nameOf(FunctionName)) + (Qualifier === undefined ? '' : `:${Qualifier}`),
    ...(Object.keys(Condition).length > 0 && { Condition }),
  }
}

function urlCalls(world: World): Calls {
  const of = (name: unknown, qualifier: unknown): Facet & { url: Tree } => {
    if (/^(\d+|\$LATEST)$/.test(String(qualifier)))
      throw invalid('A function url belongs to a function or to an alias.')
    const facet = world.facet(name, qualifier)
    if (!facet.url) throw missing('The resource you requested does not exist.')
    return facet as Facet & { url: Tree }
  }
  return {
    CreateFunctionUrlConfig: ({ FunctionName, Qualifier, ...config }) => {
      const fn = world.fn(FunctionName)
      const facet = world.facet(FunctionName, Qualifier)
      if (facet.url)
        throw new Refusal(
          409,
          'ResourceConflictException',
          'Failed to create function url config for the function. Error message: FunctionUrlConfig exists for this Lambda function',
        )
      const id = world.id('u')
      facet.url = {
        ...config,
        FunctionArn: fn.config['FunctionArn'],
        FunctionUrl: `https://${id}.lambda-url.${REGION}.on.aws/`,
        CreationTime: new Date().toISOString(),
      }
      return facet.url
    },
    GetFunctionUrlConfig: ({ FunctionName, Qualifier }) => ({
      LastModifiedTime: new Date().toISOString(),
      ...of(FunctionName, Qualifier).url,
    }),
    UpdateFunctionUrlConfig: ({ FunctionName, Qualifier, ...config }) => ({
      LastModifiedTime: new Date().toISOString(),
      ...Object.assign(of(FunctionName, Qualifier).url, config),
    }),
    DeleteFunctionUrlConfig: ({ FunctionName, Qualifier }) => {
      delete (of(FunctionName, Qualifier) as Facet).url
      return {}
    },
  }
}

function settingCalls(world: World): Calls {
  return {
    PutFunctionEventInvokeConfig: ({ FunctionName, Qualifier, ...config }) => {
      const facet = world.facet(FunctionName, Qualifier)
      facet.async = {
        DestinationConfig: { OnSuccess: {}, OnFailure: {} },
        ...config,
        FunctionArn: `${arnOf(nameOf(FunctionName))}:${Qualifier ?? '$LATEST'}`,
      }
      return facet.async
    },
    GetFunctionEventInvokeConfig: ({ FunctionName, Qualifier }) => {
      const { async } = world.facet(FunctionName, Qualifier)
      if (!async) throw missing(`The function ${FunctionName} doesn't have an EventInvokeConfig`)
      return async
    },
    DeleteFunctionEventInvokeConfig: ({ FunctionName, Qualifier }) => {
      const facet = world.facet(FunctionName, Qualifier)
      if (!facet.async) throw missing(`The function ${FunctionName} doesn't have an EventInvokeConfig`)
      delete facet.async
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

function missing(message: string): Refusal {
  return new Refusal(404, 'ResourceNotFoundException', message)
}

function invalid(message: string): Refusal {
  return new Refusal(400, 'InvalidParameterValueException', message)
}
