import { type EventRow, parsePayload, textOf, timerData } from '@anyfaas/runtime'

/** The events of SCF's triggers. https://cloud.tencent.com/document/product/583/9705 */
export const events: readonly EventRow[] = [
  {
    kind: 'timer',
    matches: (event) => event['Type'] === 'Timer' && typeof event['TriggerName'] === 'string',
    read: (event) => {
      const trigger = textOf(event['TriggerName'])
      const time = textOf(event['Time'])
      return { trigger, time, data: timerData(trigger, time, parsePayload(event['Message'])) }
    },
  },
]
