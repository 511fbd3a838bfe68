import { adjusted, elsewhere, emulated, type FnTable, lossy, noted, refuse, refused } from '@anyfaas/kit'
import { facts } from './facts.ts'

/** Model -> the properties of AWS::Serverless::Function. */
export const fields: FnTable = {
  name: elsewhere('FunctionName: service, stage and function'),
  at: elsewhere('a place in the file'),
  description: {
    to: 'Description',
    takes: '256 characters',
    as: (text) => (text.length > 256 ? adjusted(text.slice(0, 256), 'a description has at most 256 characters') : text),
  },
  runtime: emulated(
    'the Lambda Web Adapter hands the calls of the platform to a server on a port',
    (runtime) => runtime === 'custom' || runtime === 'container',
  ),
  code: elsewhere('Handler, CodeUri, ImageUri and ImageConfig'),
  memoryMb: { to: 'MemorySize', range: facts.memoryMb },
  cpu: lossy('it grows with the memory'),
  diskMb: { to: 'EphemeralStorage.Size', range: { min: 512, max: 10_240 } },
  timeoutSec: { to: 'Timeout', range: facts.timeoutSec },
  initTimeoutSec: lossy('the platform gives every start 10 s', 'begin long work in the first call'),
  environment: { to: 'Environment.Variables' },
  role: {
    to: 'Role',
    as: (role) => (isArn(role) ? role : refused('a role is named by its ARN', 'role: arn:aws:iam::ACCOUNT:role/NAME')),
    takes: 'an ARN',
  },
  vpc: {
    to: 'VpcConfig',
    // The subnets say which network it is.
    as: ({ subnets, securityGroups }) =>
      subnets.length > 0 && securityGroups.length > 0
        ? { SubnetIds: subnets, SecurityGroupIds: securityGroups }
        : refused('it needs subnets and security groups', 'vpc: {id, subnets, securityGroups}'),
  },
  logs: {
    to: 'LoggingConfig.LogGroup',
    as: (logs) => {
      if (logs === false) return adjusted(undefined, 'a function always logs to CloudWatch')
      return logs.project === undefined
        ? logs.store
        : adjusted(logs.store, 'a log group stands alone; the project is left out')
    },
  },
  tags: { to: 'Tags' },
  layers: elsewhere('inside the artifact; the runtime loads them'),
  cloudLayers: {
    to: 'Layers',
    takes: 'at most 5',
    as: (layers) => {
      const other = layers.find((layer) => !isArn(layer))
      if (other !== undefined)
        return refused(`"${other}" is not the ARN of a layer`, 'arn:aws:lambda:REGION:ACCOUNT:layer:NAME:VERSION')
      return layers.length > 5 ? refused('a function has at most 5 layers') : layers
    },
  },
  concurrency: {
    rows: {
      instance: { ...lossy('an instance takes one request at a time'), when: (count) => count !== 1 },
      reserved: { to: 'ReservedConcurrentExecutions' },
      min: {
        to: 'ProvisionedConcurrencyConfig.ProvisionedConcurrentExecutions',
        as: (count) => (count === 0 ? undefined : count),
      },
      max: refuse('instances are bounded by the reserved concurrency', 'use concurrency.reserved'),
      factor: lossy('the platform scales by itself'),
      target: lossy('the platform scales by itself'),
    },
  },
  async: {
    rows: {
      retries: { to: 'EventInvokeConfig.MaximumRetryAttempts', range: { min: 0, max: 2 } },
      maxAgeSec: { to: 'EventInvokeConfig.MaximumEventAgeInSeconds', range: { min: 60, max: 21_600 } },
      onSuccess: { to: 'EventInvokeConfig.DestinationConfig.OnSuccess', as: destination, takes: 'an ARN' },
      onFailure: { to: 'EventInvokeConfig.DestinationConfig.OnFailure', as: destination, takes: 'an ARN' },
      callback: refuse('results go to a queue, a topic, a bus or a function, not to an address', 'use async.onSuccess'),
    },
  },
  secrets: {
    // A right of the role that is made for the function.
    to: 'Role',
    as: (_, { role }) =>
      role === undefined
        ? undefined
        : noted(undefined, `"${role}" is your own role: it has to allow secretsmanager:GetSecretValue`),
  },
  url: elsewhere('FunctionUrlConfig'),
  triggers: elsewhere('Events'),
  outputs: refuse('the runtime has no sender for this platform yet', "send with the platform's own SDK"),
  package: elsewhere('the artifact'),
  overrides: elsewhere('laid over the properties at last'),
}

function isArn(text: string): boolean {
  return text.startsWith('arn:')
}

const DESTINATIONS: Readonly<Record<string, string>> = {
  sqs: 'SQS',
  sns: 'SNS',
  lambda: 'Lambda',
  events: 'EventBridge',
  s3: 'S3Bucket',
}

function destination(arn: string): unknown {
  const type = DESTINATIONS[/^arn:[\w-]+:(\w+):/.exec(arn)?.[1] ?? '']
  return type === undefined
    ? refused(`"${arn}" is not the ARN of a queue, a topic, a function, a bus or a bucket`)
    : { Type: type, Destination: arn }
}
