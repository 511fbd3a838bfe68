import { isMap, type Tree } from '@anyfaas/kit'

/** The qualifier of a trigger that names none: the newest code. */
export const NEWEST = 'LATEST'

/**
 * Whether a listed trigger is one that a deploy can have made. The list has others too: load balancers that lead to the function,
 * and rules of EventBridge, whose names have a `|`. Those belong to who made them there.
 */
export function isMade({ triggerType, triggerName }: Tree): boolean {
  return MADE.has(String(triggerType)) && /^[A-Za-z_][\w-]*$/.test(String(triggerName))
}

const MADE = new Set(['http', 'timer', 'oss', 'log', 'mns_topic', 'cdn_events', 'tablestore', 'eventbridge'])

/**
 * Whether a live trigger's configuration differs in what no update changes: that of a topic as a whole, which event of CDN it is, and
 * what an event bus reads. Such a trigger is made anew. https://registry.terraform.io/providers/aliyun/alicloud/latest/docs/resources/fc_trigger
 */
export function isFixed(live: Tree, { triggerType, triggerConfig }: Tree): boolean {
  const differs = (path: string): boolean => fieldIn(live['triggerConfig'], path) !== fieldIn(triggerConfig, path)
  const fields = FIXED[String(triggerType)] ?? []
  return fields.some(differs)
}

const FIXED: Readonly<Record<string, readonly string[]>> = {
  mns_topic: ['notifyContentFormat', 'notifyStrategy', 'filterTag'],
  cdn_events: ['eventName', 'eventVersion'],
  eventbridge: ['eventSourceConfig.eventSourceType'],
}

function fieldIn(config: unknown, path: string): unknown {
  return path.split('.').reduce((found, name) => (isMap(found) ? found[name] : undefined), config)
}
