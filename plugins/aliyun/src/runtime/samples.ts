import type { Samples } from '@anyfaas/kit'

/** An event of each source, as it calls a function of either edition. */
export const samples: Samples = {
  os: {
    events: [
      {
        eventName: 'ObjectCreated:PutObject',
        eventSource: 'acs:oss',
        eventTime: '2026-01-02T03:04:05.000Z',
        eventVersion: '1.0',
        oss: {
          bucket: {
            arn: 'acs:oss:cn-hangzhou:1000000000000001:pictures',
            name: 'pictures',
            ownerIdentity: '1000000000000001',
            virtualBucket: '',
          },
          object: {
            deltaSize: 1234,
            eTag: '0A1B2C3D4E5F',
            key: 'in/cat.png',
            size: 1234,
          },
          ossSchemaVersion: '1.0',
          ruleId: 'rule-1',
        },
        region: 'cn-hangzhou',
        requestParameters: {
          sourceIPAddress: '192.0.2.1',
        },
        responseElements: {
          requestId: 'oss-request-1',
        },
        userIdentity: {
          principalId: '1000000000000001',
        },
      },
    ],
  },
  mq: {
    TopicOwner: '1000000000000001',
    Message: 'hello',
    Subscriber: '1000000000000001',
    PublishTime: 1767323045000,
    SubscriptionName: 'sub',
    MessageMD5: '5D41402ABC4B2A76B9719D911017C592',
    TopicName: 'orders',
    MessageId: 'M-1',
    colour: 'red',
  },
  queue: {
    id: 'ce-1',
    source: 'MNS-shop',
    specversion: '1.0',
    type: 'mns:Queue:SendMessage',
    datacontenttype: 'application/json; charset=utf-8',
    subject: 'acs:mns:cn-hangzhou:1000000000000001:queues/jobs',
    time: '2026-01-02T03:04:05.678Z',
    aliyunaccountid: '1000000000000001',
    aliyuneventbusname: 'bus',
    aliyunregionid: 'cn-hangzhou',
    data: {
      requestId: 'R1',
      messageId: 'M1',
      messageBody: 'first',
    },
  },
  kafka: [
    {
      id: 'ce-1',
      source: 'acs:alikafka',
      specversion: '1.0',
      type: 'alikafka:Topic:Message',
      datacontenttype: 'application/json; charset=utf-8',
      subject: 'acs:alikafka:inst:topic:clicks',
      time: '2026-01-02T03:04:05.678Z',
      aliyunaccountid: '1000000000000001',
      aliyuneventbusname: 'bus',
      aliyunregionid: 'cn-hangzhou',
      data: {
        topic: 'clicks',
        partition: 3,
        offset: 41,
        timestamp: 1767323045000,
        headers: {
          headers: [],
          isReadOnly: false,
        },
        key: 'k',
        value: 'value 41',
      },
    },
  ],
  mqtt: {
    id: 'ce-1',
    source: 'acs:mqtt',
    specversion: '1.0',
    type: 'mqtt:Topic:SendMessage',
    datacontenttype: 'application/json; charset=utf-8',
    subject: 'acs:mqtt:cn-hangzhou:1:inst',
    time: '2026-01-02T03:04:05.678Z',
    aliyunaccountid: '1000000000000001',
    aliyuneventbusname: 'bus',
    aliyunregionid: 'cn-hangzhou',
    data: {
      props: {
        firstTopic: 'sensors',
        secondTopic: '/kitchen',
        clientId: 'c',
        qos: '1',
      },
      body: {
        celsius: 21,
      },
    },
  },
  log: {
    parameter: {
      level: 'warn',
    },
    source: {
      endpoint: 'http://cn-hangzhou-intranet.log.aliyuncs.com',
      projectName: 'shop',
      logstoreName: 'access',
      shardId: 0,
      beginCursor: 'MTIz',
      endCursor: 'MTI0',
    },
    jobName: 'job-1',
    taskId: 'task-1',
    cursorTime: 1767323045,
  },
  table: {
    Version: 'Sync-v1',
    Records: [
      {
        Type: 'PutRow',
        Info: {
          Timestamp: 1767323045000000,
        },
        PrimaryKey: [
          {
            ColumnName: 'id',
            Value: 7,
          },
        ],
        Columns: [
          {
            Type: 'Put',
            ColumnName: 'name',
            Value: 'a',
            Timestamp: 1767323045000000,
          },
        ],
      },
    ],
  },
  cdn: {
    events: [
      {
        eventName: 'LogFileCreated',
        eventSource: 'cdn',
        region: 'cn-hangzhou',
        eventVersion: '1.0.0',
        eventTime: '2026-01-02T11:04:05+08:00',
        traceId: 'trace-1',
        userIdentity: {
          aliUid: '1',
        },
        resource: {
          domain: 'example.com',
        },
        eventParameter: {
          domain: 'example.com',
          endTime: 1767323100,
          fileSize: 5,
          filePath: 'http://logs.example.com/1.gz',
          startTime: 1767323000,
        },
      },
    ],
  },
  eventbus: {
    id: 'ce-1',
    source: 'shop.orders',
    specversion: '1.0',
    type: 'order.created',
    datacontenttype: 'application/json; charset=utf-8',
    subject: 'order/1',
    time: '2026-01-02T03:04:05.678Z',
    aliyunaccountid: '1000000000000001',
    aliyuneventbusname: 'bus',
    aliyunregionid: 'cn-hangzhou',
    data: {
      id: 1,
    },
  },
  event: {
    hello: 'world',
  },
}
