import type { Samples } from '@anyfaas/kit'

/** The data of an event of each kind, which is the same on every platform. */
export const samples: Samples = {
  os: {
    bucket: 'pictures',
    key: 'in/cat.png',
    size: 1234,
    etag: '0a1b',
    event: 'created:put',
  },
  mq: {
    topic: 'orders',
    id: 'M-1',
    body: 'hello',
    attributes: {
      colour: 'red',
    },
    publishedAt: '2026-01-02T03:04:05.000Z',
  },
  queue: {
    queue: 'jobs',
    messages: [
      {
        id: 'M-1',
        body: '{"order":1}',
        attributes: {
          colour: 'red',
        },
      },
    ],
  },
  kafka: {
    records: [
      {
        topic: 'clicks',
        partition: 0,
        offset: 1,
        key: 'k',
        value: 'value 1',
        timestamp: '2026-01-02T03:04:05.000Z',
        headers: {
          colour: 'red',
        },
      },
    ],
  },
  mqtt: {
    topic: 'sensors/kitchen',
    payload: {
      celsius: 21,
    },
    qos: 1,
  },
  log: {
    project: 'shop',
    store: 'access',
    lines: [{ time: 1_714_564_800_000, text: 'GET / 200' }],
  },
  table: {
    table: 'users',
    changes: [
      {
        kind: 'update',
        keys: {
          id: 7,
        },
        before: {
          name: 'a',
        },
        after: {
          name: 'b',
        },
      },
    ],
  },
  stream: {
    records: [
      {
        partition: 'p',
        sequence: '1',
        data: 'first',
      },
    ],
  },
  cdn: {
    domain: 'example.com',
    event: 'LogFileCreated',
  },
  eventbus: {
    id: 1,
    state: 'created',
  },
  dapr: {
    order: 1,
  },
  event: {
    hello: 'world',
  },
}
