import { type EventRow, parsePayload, type Shape, textOf, timerData } from '@anyfaas/runtime'

/**
 * A rule of EventBridge or a schedule of EventBridge Scheduler. A rule with a constant input sends that and nothing
 * else; written in this shape, it still says which rule it is, and carries the payload as its `detail`.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html
 */
export const scheduleRow: EventRow = {
  kind: 'timer',
  matches: (event) => event['detail-type'] === 'Scheduled Event' && SCHEDULERS.includes(String(event['source'])),
  read: (event) => {
    const resource = firstResource(event)
    const trigger = resource?.split('/').at(-1)
    const time = textOf(event['time'])
    return { trigger, id: textOf(event['id']), time, data: timerData(trigger, time, payloadOf(event['detail'])) }
  },
}

/** https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html */
export const busRow: EventRow = {
  kind: 'eventbus',
  matches: (event) => typeof event['detail-type'] === 'string' && typeof event['source'] === 'string',
  read: (event) => ({
    id: textOf(event['id']),
    time: textOf(event['time']),
    subject: firstResource(event),
    // A CloudEvent's source is a reference, and here it may be any text.
    attributes: { source: encodeURI(String(event['source'])) || '/', type: event['detail-type'] },
    data: event['detail'],
  }),
}

const SCHEDULERS = ['aws.events', 'aws.scheduler']

function firstResource({ resources }: Shape): string | undefined {
  return Array.isArray(resources) ? textOf(resources[0]) : undefined
}

// The services' own timer events have an empty detail.
function payloadOf(detail: unknown): unknown {
  const payload = parsePayload(detail)
  const empty = typeof payload === 'object' && payload !== null && Object.keys(payload).length === 0
  return empty ? undefined : payload
}
