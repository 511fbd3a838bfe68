import { type EventRow, parsePayload, type Shape, textOf, timerData } from '@anyfaas/runtime'

/** The events that Lambda's own services send. */
export const events: readonly EventRow[] = [
  {
    kind: 'timer',
    matches: (event) => event['detail-type'] === 'Scheduled Event' && SCHEDULERS.includes(String(event['source'])),
    read: readTimer,
  },
]

const SCHEDULERS = ['aws.events', 'aws.scheduler']

/**
 * A rule of EventBridge or a schedule of EventBridge Scheduler. A rule with a constant input sends that and nothing
 * else; written in this shape, it still says which rule it is, and carries the payload as its `detail`.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html
 */
function readTimer(event: Shape): ReturnType<EventRow['read']> {
  const [resource] = Array.isArray(event['resources']) ? event['resources'] : []
  const trigger = typeof resource === 'string' ? resource.split('/').at(-1) : undefined
  const time = textOf(event['time'])
  return { trigger, id: textOf(event['id']), time, data: timerData(trigger, time, payloadOf(event['detail'])) }
}

// The services' own timer events have an empty detail.
function payloadOf(detail: unknown): unknown {
  const payload = parsePayload(detail)
  const empty = typeof payload === 'object' && payload !== null && Object.keys(payload).length === 0
  return empty ? undefined : payload
}
