import type { Samples } from '@anyfaas/kit'

/** An event of each source, as it calls a function. */
export const samples: Samples = {
  os: {
    Records: [
      {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        awsRegion: 'eu-west-1',
        eventTime: '2026-01-02T03:04:05.000Z',
        eventName: 'ObjectCreated:Put',
        userIdentity: {
          principalId: 'EXAMPLE',
        },
        requestParameters: {
          sourceIPAddress: '192.0.2.1',
        },
        responseElements: {
          'x-amz-request-id': 'R-1',
          'x-amz-id-2': 'x',
        },
        s3: {
          s3SchemaVersion: '1.0',
          configurationId: 'pictures',
          bucket: {
            name: 'pictures',
            ownerIdentity: {
              principalId: 'EXAMPLE',
            },
            arn: 'arn:aws:s3:::pictures',
          },
          object: {
            key: 'in/cat.png',
            sequencer: '0',
            size: 1234,
            eTag: '0a1b',
            versionId: 'v1',
          },
        },
      },
    ],
  },
  mq: {
    Records: [
      {
        EventSource: 'aws:sns',
        EventVersion: '1.0',
        EventSubscriptionArn: 'arn:aws:sns:eu-west-1:123456789012:orders:1',
        Sns: {
          Type: 'Notification',
          MessageId: 'M-1',
          TopicArn: 'arn:aws:sns:eu-west-1:123456789012:orders',
          Subject: 'An order',
          Message: 'hello',
          Timestamp: '2026-01-02T03:04:05.000Z',
          SignatureVersion: '1',
          Signature: 'EXAMPLE',
          SigningCertUrl: 'https://example.com/cert.pem',
          UnsubscribeUrl: 'https://example.com/unsubscribe',
          MessageAttributes: {
            colour: {
              Type: 'String',
              Value: 'red',
            },
          },
        },
      },
    ],
  },
  queue: {
    Records: [
      {
        messageId: 'M-1',
        receiptHandle: 'EXAMPLE',
        body: '{"order":1}',
        attributes: {
          ApproximateReceiveCount: '1',
          SentTimestamp: '1767323045000',
        },
        messageAttributes: {
          colour: {
            stringValue: 'red',
            stringListValues: [],
            binaryListValues: [],
            dataType: 'String',
          },
        },
        md5OfBody: '190ad5fd0596a0629a0aa256937135a3',
        eventSource: 'aws:sqs',
        eventSourceARN: 'arn:aws:sqs:eu-west-1:123456789012:jobs',
        awsRegion: 'eu-west-1',
      },
    ],
  },
  kafka: {
    eventSource: 'aws:kafka',
    eventSourceArn: 'arn:aws:kafka:eu-west-1:123456789012:cluster/c/1',
    bootstrapServers: 'b:9092',
    records: {
      'clicks-0': [
        {
          topic: 'clicks',
          partition: 0,
          offset: 1,
          timestamp: 1767323045000,
          timestampType: 'CREATE_TIME',
          key: 'aw==',
          value: 'dmFsdWUgMQ==',
          headers: [
            {
              colour: [114, 101, 100],
            },
          ],
        },
      ],
    },
  },
  mqtt: {
    celsius: 21,
    topic: 'sensors/kitchen',
  },
  log: {
    awslogs: {
      data: 'H4sIAAAAAAAC/32OsQ6CMBRFf6V5MwmlFFA3EpHJCTZDTMWKTYA2bdEYwr9LETfjes99574ROm4Ma3j5Uhx2CPZpmZ6PWVGkeQYeAvnsuXYgICGN4mSzxQFxoJVNruWgHPPNXSqf1fXsWllhNWedg0tihouptVBWyP4gWsu1mdkJblB9+tmD93bJRhDXZdDdWTH/Z1nnZoIkTkISYhphjGe2fu66eVYiHxGMYfLQV0D+CYIfAoYopjBV0xuLKCQ6FgEAAA==',
    },
  },
  table: {
    Records: [
      {
        eventID: 'e2',
        eventName: 'MODIFY',
        eventVersion: '1.1',
        eventSource: 'aws:dynamodb',
        awsRegion: 'eu-west-1',
        dynamodb: {
          ApproximateCreationDateTime: 1767323045,
          Keys: {
            id: {
              N: '7',
            },
          },
          SequenceNumber: '102',
          SizeBytes: 1,
          StreamViewType: 'NEW_AND_OLD_IMAGES',
          OldImage: {
            id: {
              N: '7',
            },
            name: {
              S: 'a',
            },
          },
          NewImage: {
            id: {
              N: '7',
            },
            name: {
              S: 'b',
            },
          },
        },
        eventSourceARN: 'arn:aws:dynamodb:eu-west-1:123456789012:table/users/stream/2026-01-01T00:00:00.000',
      },
    ],
  },
  stream: {
    Records: [
      {
        kinesis: {
          kinesisSchemaVersion: '1.0',
          partitionKey: 'p',
          sequenceNumber: '49500000000000000000000000000000000000000000000000000001',
          data: 'Zmlyc3Q=',
          approximateArrivalTimestamp: 1767323045.1,
        },
        eventSource: 'aws:kinesis',
        eventVersion: '1.0',
        eventID: 'shardId-0:49500000000000000000000000000000000000000000000000000001',
        eventName: 'aws:kinesis:record',
        invokeIdentityArn: 'a',
        awsRegion: 'eu-west-1',
        eventSourceARN: 'arn:aws:kinesis:eu-west-1:123456789012:stream/clicks',
      },
    ],
  },
  cdn: {
    Records: [
      {
        cf: {
          config: {
            distributionDomainName: 'd1.cloudfront.net',
            distributionId: 'D1',
            eventType: 'viewer-request',
            requestId: 'R-1',
          },
          request: {
            clientIp: '192.0.2.1',
            method: 'GET',
            uri: '/a',
            querystring: '',
            headers: {
              host: [
                {
                  key: 'Host',
                  value: 'example.com',
                },
              ],
            },
          },
        },
      },
    ],
  },
  eventbus: {
    version: '0',
    id: 'E-1',
    'detail-type': 'Order Created',
    source: 'shop.orders',
    account: '123456789012',
    time: '2026-01-02T03:04:05Z',
    region: 'eu-west-1',
    resources: ['arn:aws:x:::order/1'],
    detail: {
      id: 1,
    },
  },
  event: {
    hello: 'world',
  },
}
