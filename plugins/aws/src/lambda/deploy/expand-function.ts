import { type Diagnostic, isMap, marksOf, type Resource, type Service, type Tree } from '@anyfaas/kit'
import { cannot } from './cannot.ts'
import { expandParts } from './expand-parts.ts'
import { DEFAULTS } from './function-fields.ts'
import { qualifierOf } from './qualifiers.ts'
import { hintOf } from './tags.ts'

export interface FunctionContext {
  readonly service: Service
  readonly marks: Readonly<Record<string, string>>
  readonly problems: Diagnostic[]
  /** The permissions of its events: they tell whether it has a policy. */
  readonly permissions: readonly Resource<Tree>[]
  /** The log groups that the service makes: name -> id. */
  readonly logGroups: ReadonlyMap<unknown, string>
  /** The aliases that events of the function call; undefined stands for what was deployed last. */
  readonly called: ReadonlySet<string | undefined>
  readonly heldAlias: string | undefined
}

/** A function, and its settings that are things of their own. */
export function expandFunction(resource: Resource<Tree>, context: FunctionContext): readonly Resource[] {
  const { service, marks, problems, permissions, logGroups, called, heldAlias } = context
  const { id } = resource
  const fn = id.slice('function/'.length)
  const given = rename(resource.spec)
  for (const key of Object.keys(given))
    if (!KNOWN.has(key)) problems.push(cannot(`"${key}" of function "${fn}"`, resource.at))
  if (given['ProvisionedConcurrencyConfig'] !== undefined && given['AutoPublishAlias'] === undefined)
    problems.push(
      cannot(`a ProvisionedConcurrencyConfig without an AutoPublishAlias, of function "${fn}",`, resource.at),
    )
  const { FunctionName, CodeUri: _, ImageUri, Tags, ...props } = given
  const own = Object.fromEntries(Object.entries(props).filter(([key]) => !OF_PARTS.includes(key)))
  const LoggingConfig = loggingOf({ FunctionName, ...own }, logGroups)
  const version = { ...DEFAULTS, ...own, LoggingConfig, Code: ImageUri ?? marks[fn] ?? '' }
  const parts = expandParts(resource, { fn, version, called, heldAlias })
  const hints = hintsOf([...parts, ...permissions])
  const spec = { FunctionName, ...version, Tags: { ...(Tags as Tree), ...marksOf(service, fn), ...hints } }
  return [{ ...resource, spec, fn }, ...parts]
}

// What no list tells.
function hintsOf(parts: readonly Resource<Tree>[]): Tree {
  return Object.fromEntries(
    parts.map(({ type, spec }) => {
      if (type === 'aws:alias') return [hintOf('alias', String(spec['Name'])), 'yes']
      const part = type === 'aws:permission' ? 'policy' : type.slice('aws:'.length)
      return [hintOf(part, qualifierOf(spec)), 'yes']
    }),
  )
}

// A group that the service makes is there before the function, which would else make one without its settings.
function loggingOf(props: Tree, logGroups: FunctionContext['logGroups']): Tree {
  const usual = { LogFormat: 'Text', LogGroup: `/aws/lambda/${props['FunctionName']}` }
  const config = { ...usual, ...(props['LoggingConfig'] as Tree) }
  const own = logGroups.get(config.LogGroup)
  return own === undefined ? config : { ...config, LogGroup: { $ref: own, field: 'LogGroupName' } }
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

const OF_PARTS = [
  ...['FunctionUrlConfig', 'EventInvokeConfig', 'ReservedConcurrentExecutions'],
  ...['AutoPublishAlias', 'ProvisionedConcurrencyConfig'],
]

const KNOWN = new Set([
  ...Object.keys(DEFAULTS),
  ...['FunctionName', 'Role', 'Runtime', 'Handler', 'CodeUri', 'ImageUri', 'ImageConfig', 'Tags'],
  ...OF_PARTS,
])
