import { Refusal } from '../refusal.ts'

type Tree = Record<string, unknown>

/**
 * Throws for an update of what stays as it was made: the settings of a topic's trigger and the event of CDN's, by the vendor's own
 * provider of Terraform and its component for Serverless Devs.
 */
export function checkFixed(before: Tree, after: Tree): void {
  const [old, now] = [configIn(before), configIn(after)]
  const fields = FIXED[String(before['triggerType'])] ?? []
  const changed = fields.filter((field) => old[field] !== now[field])
  if (changed.length > 0) throw new Refusal(400, 'InvalidArgument', `${changed.join(', ')} cannot be updated`)
}

const FIXED: Readonly<Record<string, readonly string[]>> = {
  mns_topic: ['notifyContentFormat', 'notifyStrategy', 'filterTag'],
  cdn_events: ['eventName', 'eventVersion'],
}

/** Throws for a trigger of a bucket that another one calls a function for already, for the same objects. */
export function checkBucket(trigger: Tree, others: Iterable<Tree>): void {
  if (trigger['triggerType'] !== 'oss') return
  const clash = [...others].some(
    (other) =>
      other['sourceArn'] === trigger['sourceArn'] &&
      other['triggerName'] !== undefined &&
      rulesIn(other).some((one) => rulesIn(trigger).includes(one)),
  )
  if (clash) throw new Refusal(400, 'InvalidArgument', 'the bucket has a rule for these objects already')
}

function rulesIn(trigger: Tree): readonly string[] {
  const { events, filter } = configIn(trigger) as { events: readonly string[]; filter: unknown }
  const { prefix = '', suffix = '' } = ((filter as Tree | undefined)?.['key'] ?? {}) as {
    prefix?: string
    suffix?: string
  }
  return events.map((event) => JSON.stringify([event, prefix, suffix]))
}

// One edition has it as text.
function configIn({ triggerConfig }: Tree): Tree {
  return (typeof triggerConfig === 'string' ? JSON.parse(triggerConfig) : triggerConfig) as Tree
}
