import { isMap, type Tree } from '@anyfaas/kit'
import type { TriggerType } from './trigger-type.ts'

/**
 * A topic of the log service that calls a function. That service makes it (https://cloud.tencent.com/document/product/614/61096), SCF
 * lists it and takes it away, and neither changes it or switches it off. A topic calls one function.
 */
export const logTopic: TriggerType = {
  words: ['topicId', 'maxWait', 'maxSize', 'enable'],
  describe: ({ topicId, maxWait, maxSize }) => ({
    name: topicId,
    open: { Timeout: Number(maxWait), MaxMsgNum: Number(maxSize) },
    fixed: {},
  }),
  // What of it is told, and in which words, no document says; the vendor's own component has these.
  read: (told) => {
    const { max_wait, max_size, Timeout = max_wait, MaxMsgNum = max_size } = (isMap(told) ? told : {}) as Tree
    const open = { ...(Timeout !== undefined && { Timeout }), ...(MaxMsgNum !== undefined && { MaxMsgNum }) }
    return { open: Object.fromEntries(Object.entries(open).map(([name, value]) => [name, Number(value)])), fixed: {} }
  },
  send: (open) => JSON.stringify(open),
  changes: 'none',
  isAlone: true,
  isBelieved: true,
  needsEvents: true,
  create: ({ FunctionName, Namespace, Qualifier, TriggerName, Open }) => ({
    product: 'cls',
    action: 'CreateDeliverCloudFunction',
    params: { TopicId: TriggerName, FunctionName, Namespace, Qualifier, ...(Open as Tree) },
  }),
  // `qcs::cls:REGION:uin/UIN:topic_id/TOPIC`
  nameOf: ({ ResourceId, TriggerName }) => /topic(?:_id)?\/([\w-]+)$/.exec(String(ResourceId))?.[1] ?? TriggerName,
}
