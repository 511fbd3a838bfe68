import { type EventRow, parsePayload, textOf, timerData } from '@anyfaas/runtime'

/** The events of Function Compute's triggers, the same in both editions. https://help.aliyun.com/document_detail/74676.html */
export const events: readonly EventRow[] = [
  {
    kind: 'timer',
    matches: (event) => typeof event['triggerTime'] === 'string' && typeof event['triggerName'] === 'string',
    read: (event) => {
      const trigger = textOf(event['triggerName'])
      const time = textOf(event['triggerTime'])
      return { trigger, time, data: timerData(trigger, time, parsePayload(event['payload'])) }
    },
  },
]
