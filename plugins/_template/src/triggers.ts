import { elsewhere, formatCron, lossy, PLAIN_CRON, refuse, refused, type TriggerTable } from '@anyfaas/kit'

const common = {
  kind: elsewhere('type'),
  at: elsewhere('a place in the file'),
  name: elsewhere('name'),
  enabled: { to: 'enabled' },
  qualifier: lossy('a function has one version'),
  role: lossy('triggers have no roles'),
  overrides: elsewhere('laid over the trigger at last'),
} as const

/** What becomes of each kind of trigger. A kind that is missing here does not compile. */
export const triggers: TriggerTable = {
  http: {
    type: 'http',
    fields: {
      ...common,
      path: { to: 'path' },
      methods: { to: 'methods' },
      cors: elsewhere('the router inside the function answers'),
      auth: {
        to: 'auth',
        as: ({ kind }) =>
          kind === 'none' ? undefined : refused('everybody may call', 'check callers in the function'),
      },
      timeoutSec: lossy('the timeout of the function holds'),
      streaming: lossy('answers are handed over whole'),
    },
  },
  timer: {
    type: 'timer',
    fields: {
      ...common,
      schedule: {
        to: 'schedule',
        as: (schedule) => {
          if (schedule.kind === 'every') return `@every ${schedule.seconds}s`
          const cron = formatCron(schedule.cron, PLAIN_CRON)
          return typeof cron === 'string' ? cron : refused(cron.reason, cron.instead)
        },
      },
      timezone: { to: 'timezone' },
      payload: { to: 'payload' },
    },
  },
  event: {
    type: 'call',
    fields: { ...common, name: elsewhere('nothing is deployed for it'), enabled: elsewhere('a call needs no switch') },
  },
  os: refuse('it has no object storage'),
  mq: refuse('it has no topics'),
  queue: refuse('it has no queues'),
  kafka: refuse('it reads no Kafka'),
  mqtt: refuse('it has no MQTT broker'),
  log: refuse('it watches no logs'),
  table: refuse('it has no tables'),
  stream: refuse('it has no streams'),
  cdn: refuse('it has no CDN'),
  eventbus: refuse('it has no event bus'),
  dapr: refuse('it runs no Dapr'),
}
