import type { SourceEvent } from '../sources/source.ts'
import type { QueueMessage } from './message.ts'

/** Says that a message is an event of a trigger, and not a request. Requests cannot bear it: see `AsyncCalls.accept`. */
export const EVENT_HEADER = 'X-Sls-Trigger'

/** An event on its way to a function (`NAME.SERVICE.STAGE`), in the words of the queue. */
export function eventMessage(path: string, event: SourceEvent): QueueMessage {
  return {
    Header: { 'Content-Type': ['application/json'], [EVENT_HEADER]: [event.kind] },
    Host: '',
    Body: Buffer.from(JSON.stringify(event)).toString('base64'),
    Method: 'POST',
    Path: '/',
    QueryString: '',
    Function: path,
    QueueName: '',
    CallbackUrl: null,
  }
}

/** Undefined when the message is a request. */
export function readEventMessage({ Header, Body }: QueueMessage): SourceEvent | undefined {
  if (!(EVENT_HEADER in Header)) return undefined
  return JSON.parse(Buffer.from(Body, 'base64').toString()) as SourceEvent
}
