import { Refusal } from '../refusal.ts'

type Tree = Record<string, unknown>

/**
 * Throws for an update of what stays as it was made: the settings of a topic's trigger, the event of CDN's and the source of an event
 * bus's, by the vendor's own provider of Terraform and its component for Serverless Devs.
 */
export function checkFixed(before: Tree, after: Tree): void {
  const [old, now] = [configIn(before), configIn(after)]
  const fields = FIXED[String(before['triggerType'])] ?? []
  const changed = fields.filter((field) => at(old, field) !== at(now, field))
  if (changed.length > 0) throw new Refusal(400, 'InvalidArgument', `${changed.join(', ')} cannot be updated`)
}

const FIXED: Readonly<Record<string, readonly string[]>> = {
  mns_topic: ['notifyContentFormat', 'notifyStrategy', 'filterTag'],
  cdn_events: ['eventName', 'eventVersion'],
  eventbridge: ['eventSourceConfig.eventSourceType'],
}

function at(config: Tree, path: string): unknown {
  return path
    .split('.')
    .reduce((found, name) => (found as Tree | undefined)?.[name] as Tree | undefined, config as Tree | undefined)
}

/**
 * Throws for a trigger of a bucket where another one calls a function already for an object that both mean: of two rules for the same
 * event neither the prefixes nor the suffixes may overlap. https://www.alibabacloud.com/help/en/fc/user-guide/configure-an-oss-trigger
 */
export function checkBucket(trigger: Tree, others: Iterable<Tree>): void {
  if (trigger['triggerType'] !== 'oss') return
  const own = ruleIn(trigger)
  const clash = [...others].some(
    (other) =>
      other['triggerType'] === 'oss' && other['sourceArn'] === trigger['sourceArn'] && overlap(own, ruleIn(other)),
  )
  if (clash) throw new Refusal(400, 'InvalidArgument', 'the bucket has a rule for these objects already')
}

interface Rule {
  readonly events: readonly string[]
  readonly prefix: string
  readonly suffix: string
}

function overlap(one: Rule, other: Rule): boolean {
  const isOne = (a: string, b: string): boolean => a === b || (a.endsWith('*') && b.startsWith(a.slice(0, -1)))
  return (
    one.events.some((a) => other.events.some((b) => isOne(a, b) || isOne(b, a))) &&
    (one.prefix.startsWith(other.prefix) || other.prefix.startsWith(one.prefix)) &&
    (one.suffix.endsWith(other.suffix) || other.suffix.endsWith(one.suffix))
  )
}

function ruleIn(trigger: Tree): Rule {
  const { events, filter } = configIn(trigger) as { events: readonly string[]; filter: unknown }
  const key = ((filter as Tree | undefined)?.['key'] ?? {}) as Partial<Rule>
  return { events, prefix: key.prefix ?? '', suffix: key.suffix ?? '' }
}

// One edition has it as text.
function configIn({ triggerConfig }: Tree): Tree {
  return (typeof triggerConfig === 'string' ? JSON.parse(triggerConfig) : triggerConfig) as Tree
}
