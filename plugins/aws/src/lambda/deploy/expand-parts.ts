import { isMap, type Resource, type Tree } from '@anyfaas/kit'
import { PARTS } from './parts.ts'
import { permissionId, statementId } from './permission-kind.ts'
import { provisionedId } from './provisioned-kind.ts'
import { aliasId, partId } from './qualifiers.ts'

/** A function in the words of the API, and who calls it. */
export interface PartsContext {
  readonly fn: string
  /** What a version of it is made of. */
  readonly version: Tree
  /** The aliases that events call; undefined stands for what was deployed last. */
  readonly called: ReadonlySet<string | undefined>
  /** An alias that something else moves. */
  readonly heldAlias: string | undefined
}

/** The settings of a function that are things of their own: its aliases, and what it or they have. */
export function expandParts(resource: Resource<Tree>, context: PartsContext): readonly Resource<Tree>[] {
  const { fn, version, called, heldAlias } = context
  const { AutoPublishAlias, ProvisionedConcurrencyConfig } = resource.spec
  const auto = AutoPublishAlias === undefined ? undefined : String(AutoPublishAlias)
  const base = { fn, ...(resource.at !== undefined && { at: resource.at }) }
  const FunctionName = { $ref: resource.id, field: 'FunctionName' }
  const leads = { Version: version, Weights: {} }
  const aliases = [...new Set([auto, ...called])].flatMap((Name) =>
    Name === undefined
      ? []
      : [
          {
            ...base,
            id: aliasId(fn, Name),
            type: 'aws:alias',
            spec: { FunctionName, Name, ...(Name === auto && Name !== heldAlias && leads) },
          },
        ],
  )
  const provisioned = isMap(ProvisionedConcurrencyConfig) && {
    ...base,
    id: provisionedId(fn, auto),
    type: 'aws:provisioned',
    spec: { FunctionName, ...ofAlias(fn, auto), ...ProvisionedConcurrencyConfig, Status: 'READY' },
  }
  return [
    ...aliases,
    ...(provisioned ? [provisioned] : []),
    ...settings(resource, [...new Set([auto, ...called])]).map((part) => ({ ...base, ...part })),
  ]
}

/** What names an alias in a call, and lets it be there before. */
export function ofAlias(fn: string, qualifier: string | undefined): Tree {
  return qualifier === undefined ? {} : { Qualifier: { $ref: aliasId(fn, qualifier), field: 'Name' } }
}

// An address is that of what events call by themselves; asynchronous calls are settled for each that events call.
function settings({ id, spec }: Resource<Tree>, called: readonly (string | undefined)[]): Resource<Tree>[] {
  const { FunctionUrlConfig, EventInvokeConfig, ReservedConcurrentExecutions } = spec
  const fn = id.slice('function/'.length)
  const own = { FunctionName: { $ref: id, field: 'FunctionName' } }
  const [first] = called
  const given: Readonly<Record<string, readonly [unknown, readonly (string | undefined)[]]>> = {
    url: [FunctionUrlConfig, [first]],
    async: [isMap(EventInvokeConfig) ? withoutTypes(EventInvokeConfig) : undefined, called],
    reserved: [ReservedConcurrentExecutions === undefined ? undefined : { ReservedConcurrentExecutions }, [undefined]],
  }
  const parts = PARTS.flatMap(({ name, fields }) => {
    const [setting, holders = []] = given[name] ?? []
    if (!isMap(setting)) return []
    return holders.map((qualifier) => ({
      id: partId(`${name}/${fn}`, qualifier),
      type: `aws:${name}`,
      spec: { ...own, ...ofAlias(fn, qualifier), ...fields, ...setting },
    }))
  })
  if (!isMap(FunctionUrlConfig) || FunctionUrlConfig['AuthType'] !== 'NONE') return parts
  // An open address needs both: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
  const permissions = [
    { name: 'url', Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: 'NONE' },
    { name: 'url-call', Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true },
  ].map(({ name, ...grant }) => ({
    id: permissionId(fn, name, first),
    type: 'aws:permission',
    spec: { ...own, ...ofAlias(fn, first), StatementId: statementId(name), Principal: '*', ...grant },
  }))
  return [...parts, ...permissions]
}

// SAM says of what type a destination is; its ARN says that to the API.
function withoutTypes(config: Tree): Tree {
  const { DestinationConfig, ...rest } = config
  if (!isMap(DestinationConfig)) return rest
  const destinations = Object.entries(DestinationConfig).map(([key, one]) => [
    key,
    { Destination: (one as Tree)['Destination'] },
  ])
  return { ...rest, DestinationConfig: Object.fromEntries(destinations) }
}
