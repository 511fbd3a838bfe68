import type { Samples } from '@anyfaas/kit'

/** An event of each source, as it calls a function. */
export const samples: Samples = {
  os: {
    Records: [
      {
        cos: {
          cosSchemaVersion: '1.0',
          cosObject: {
            url: 'http://pictures-1250000000.cos.ap-guangzhou.myqcloud.com/in/cat.png',
            meta: {
              'Content-Type': 'image/png',
            },
            vid: '',
            key: '/1250000000/pictures/in/cat.png',
            size: 1234,
          },
          cosBucket: {
            region: 'gz',
            name: 'pictures',
            appid: '1250000000',
          },
          cosNotificationId: 'n',
        },
        event: {
          eventName: 'cos:ObjectCreated:Put',
          eventVersion: '1.0',
          eventTime: 1767323045,
          eventSource: 'qcs::cos',
          requestParameters: {
            requestSourceIP: '192.0.2.1',
          },
          eventQueue: 'q',
          reservedInfo: '',
          reqid: 17,
        },
      },
    ],
  },
  mq: {
    Records: [
      {
        CMQ: {
          type: 'topic',
          topicOwner: 1250000000,
          topicName: 'orders',
          subscriptionName: 'sub',
          publishTime: '2026-01-02T03:04:05.000Z',
          msgId: 'M-1',
          requestId: 'R-1',
          msgBody: 'hello',
          msgTag: 'red',
        },
      },
    ],
  },
  kafka: {
    Records: [
      {
        Ckafka: {
          topic: 'clicks',
          partition: 1,
          offset: 36,
          msgKey: 'None',
          msgBody: 'first',
        },
      },
    ],
  },
  log: {
    clslogs: {
      data: 'H4sIAAAAAAAC/6tWKskvyEyOz0xRslKAsHUNlXSgzPi8xNxUkERicnJqcTFIvCg1Ob8opRgoGF2tVJKZm1pckphbAFJjaG5mbmxkbGBiagAGINXJ+XklqXklIGl31xAFfQUjoHitjgIerYY4tCYqmBiYKNXG1gIAdX5i4LMAAAA=',
    },
  },
  eventbus: {
    specversion: '1.0',
    id: 'E-1',
    source: 'shop.orders',
    type: 'order.created',
    subject: 'order/1',
    time: '1767323045000',
    datacontenttype: 'application/json;charset=utf-8',
    data: {
      id: 1,
    },
  },
  event: {
    hello: 'world',
  },
}
