import { type Batch, elsewhere, lossy, REGION, refused, type TriggerTable } from '@anyfaas/kit'
import { base } from './base.ts'

const enabled = { to: 'triggerConfig.triggerEnable' } as const

/** The kinds that reach a function over the event bus: message services as streams, buses event by event. */
export const eventBridge: Pick<TriggerTable, 'queue' | 'kafka' | 'mqtt' | 'eventbus'> = {
  queue: {
    type: 'eventbridge',
    fields: {
      ...base,
      queue: {
        to: 'triggerConfig',
        as: (queue, { batch }) =>
          isForeign(queue)
            ? refused(`"${queue}" is not the name of a queue`)
            : stream(
                'MNS',
                { sourceMNSParameters: { RegionId: REGION, QueueName: queue, IsBase64Decode: true } },
                batch,
              ),
      },
      batch: elsewhere('triggerConfig.runOptions.batchWindow'),
      visibilitySec: lossy('it is a setting of the queue'),
      enabled,
    },
  },
  kafka: {
    type: 'eventbridge',
    fields: {
      ...base,
      topics: {
        to: 'triggerConfig',
        takes: 'one topic, with the instance',
        as: (topics, { instance, group, offset, batch }) => {
          if (topics.length !== 1) return refused('a trigger has one topic', 'make a trigger for each topic')
          if (instance === undefined) return refused('it reads instances of ApsaraMQ for Kafka only', 'add instance')
          return stream(
            'Kafka',
            {
              sourceKafkaParameters: {
                RegionId: REGION,
                InstanceId: instance,
                Topic: topics[0],
                ...(group && { ConsumerGroup: group }),
                OffsetReset: offset ?? 'latest',
              },
            },
            batch,
          )
        },
      },
      instance: elsewhere('triggerConfig.eventSourceConfig'),
      brokers: lossy('the instance knows its brokers'),
      group: elsewhere('triggerConfig.eventSourceConfig'),
      offset: elsewhere('triggerConfig.eventSourceConfig'),
      batch: elsewhere('triggerConfig.runOptions.batchWindow'),
      enabled,
    },
  },
  mqtt: {
    type: 'eventbridge',
    fields: {
      ...base,
      topic: {
        to: 'triggerConfig',
        takes: 'with the instance',
        as: (topic, { instance }) =>
          instance === undefined
            ? refused('it reads instances of ApsaraMQ for MQTT only', 'add instance')
            : stream(
                'MQTT',
                { sourceMQTTParameters: { RegionId: REGION, InstanceId: instance, Topic: topic } },
                undefined,
              ),
      },
      instance: elsewhere('triggerConfig.eventSourceConfig'),
      broker: lossy('the instance knows its address'),
      qos: lossy('the event bus has no such setting'),
      enabled,
    },
  },
  eventbus: {
    type: 'eventbridge',
    always: {
      triggerConfig: {
        triggerEnable: true,
        asyncInvocationType: false,
        eventRuleFilterPattern: '{}',
        eventSourceConfig: { eventSourceType: 'Default', eventSourceParameters: {} },
        eventSinkConfig: { deliveryOption: { mode: 'event-driven', eventSchema: 'CloudEvents' } },
        runOptions: { mode: 'event-driven' },
      },
    },
    fields: {
      ...base,
      enabled,
      bus: {
        to: 'triggerConfig.eventSourceConfig',
        takes: 'default',
        as: (bus) => (bus === 'default' ? undefined : refused('a trigger listens on the default bus', 'leave bus out')),
      },
      pattern: { to: 'triggerConfig.eventRuleFilterPattern', as: (pattern) => JSON.stringify(pattern) },
    },
  },
}

function stream(type: string, parameters: object, batch: Batch | undefined): object {
  return {
    triggerEnable: true,
    asyncInvocationType: false,
    eventRuleFilterPattern: '{}',
    eventSourceConfig: { eventSourceType: type, eventSourceParameters: parameters },
    eventSinkConfig: { deliveryOption: { mode: 'event-streaming', eventSchema: 'CloudEvents' } },
    runOptions: {
      mode: 'event-streaming',
      errorsTolerance: 'ALL',
      retryStrategy: { PushRetryStrategy: 'BACKOFF_RETRY' },
      ...(batch && { batchWindow: { CountBasedWindow: batch.size ?? 1, TimeBasedWindow: batch.windowSec ?? 0 } }),
    },
  }
}

function isForeign(name: string): boolean {
  return name.startsWith('arn:')
}
