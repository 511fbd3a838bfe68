import { type Diagnostic, isMap, marksOf, type Resource, type Service, type Tree } from '@anyfaas/kit'
import { cannot } from './cannot.ts'
import { DEFAULTS } from './function-fields.ts'
import { PARTS } from './parts.ts'
import { statementId } from './permission-kind.ts'
import { hintOf } from './tags.ts'

export interface FunctionContext {
  readonly service: Service
  readonly marks: Readonly<Record<string, string>>
  readonly problems: Diagnostic[]
  /** What belongs to functions: their permissions tell whether they have a policy. */
  readonly others: readonly Resource[]
  /** The log groups that the service makes. */
  readonly logGroups: readonly Resource<Tree>[]
}

/** A function, and its settings that are things of their own. */
export function expandFunction(resource: Resource<Tree>, context: FunctionContext): readonly Resource[] {
  const { service, marks, problems, others, logGroups } = context
  const { id } = resource
  const fn = id.slice('function/'.length)
  const given = rename(resource.spec)
  const parts = expandParts(resource, fn)
  for (const key of Object.keys(given))
    if (!KNOWN.has(key)) problems.push(cannot(`"${key}" of function "${fn}"`, resource.at))
  const {
    CodeUri: _,
    ImageUri,
    Tags,
    FunctionUrlConfig: _1,
    EventInvokeConfig: _2,
    ReservedConcurrentExecutions: _3,
    ...props
  } = given
  const LoggingConfig = loggingOf(props, logGroups)
  const hasPolicy = [...others, ...parts].some((one) => one.type === 'aws:permission' && one.fn === fn)
  const has = [
    ...parts.flatMap(({ type }) => (type === 'aws:permission' ? [] : [type.slice('aws:'.length)])),
    ...(hasPolicy ? ['policy'] : []),
  ]
  const spec = {
    ...DEFAULTS,
    ...props,
    LoggingConfig,
    Code: ImageUri ?? marks[fn] ?? '',
    Tags: {
      ...(Tags as Tree),
      ...marksOf(service, fn),
      ...Object.fromEntries(has.map((part) => [hintOf(part), 'yes'])),
    },
  }
  return [{ ...resource, spec, fn }, ...parts]
}

// A group that the service makes is there before the function, which would else make one without its settings.
function loggingOf(props: Tree, logGroups: readonly Resource<Tree>[]): Tree {
  const usual = { LogFormat: 'Text', LogGroup: `/aws/lambda/${props['FunctionName']}` }
  const config = { ...usual, ...(props['LoggingConfig'] as Tree) }
  const own = logGroups.find(({ spec }) => spec['LogGroupName'] === config.LogGroup)
  return own ? { ...config, LogGroup: { $ref: own.id, field: 'LogGroupName' } } : config
}

function expandParts(resource: Resource<Tree>, fn: string): readonly Resource[] {
  const { FunctionUrlConfig, EventInvokeConfig, ReservedConcurrentExecutions } = resource.spec
  const own = { FunctionName: { $ref: resource.id, field: 'FunctionName' } }
  const given: Tree = {
    url: FunctionUrlConfig,
    async: isMap(EventInvokeConfig) ? withoutTypes(EventInvokeConfig) : undefined,
    reserved: ReservedConcurrentExecutions === undefined ? undefined : { ReservedConcurrentExecutions },
  }
  const base = { fn, ...(resource.at !== undefined && { at: resource.at }) }
  const parts = PARTS.filter(({ name }) => isMap(given[name])).map(({ name, fields }) => ({
    ...base,
    id: `${name}/${fn}`,
    type: `aws:${name}`,
    spec: { ...own, ...fields, ...(given[name] as Tree) },
  }))
  if (!isMap(FunctionUrlConfig) || FunctionUrlConfig['AuthType'] !== 'NONE') return parts
  // An open address needs both: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
  const permissions = [
    { name: 'url', Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: 'NONE' },
    { name: 'url-call', Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true },
  ].map(({ name, ...grant }) => ({
    ...base,
    id: `permission/${fn}/${name}`,
    type: 'aws:permission',
    spec: { ...own, StatementId: statementId(name), Principal: '*', ...grant },
  }))
  return [...parts, ...permissions]
}

// The words of SAM that the API spells otherwise.
function rename({ Tracing, KmsKeyArn, DeadLetterQueue, ...props }: Tree): Tree {
  return {
    ...props,
    ...(Tracing !== undefined && { TracingConfig: { Mode: Tracing } }),
    ...(KmsKeyArn !== undefined && { KMSKeyArn: KmsKeyArn }),
    ...(isMap(DeadLetterQueue) && { DeadLetterConfig: { TargetArn: DeadLetterQueue['TargetArn'] } }),
  }
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

const KNOWN = new Set([
  ...Object.keys(DEFAULTS),
  ...['FunctionName', 'Role', 'Runtime', 'Handler', 'CodeUri', 'ImageUri', 'ImageConfig', 'Tags'],
  ...['FunctionUrlConfig', 'EventInvokeConfig', 'ReservedConcurrentExecutions'],
])
