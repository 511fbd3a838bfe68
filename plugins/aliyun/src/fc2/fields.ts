import { elsewhere, type FnTable, lossy, refuse, refused } from '@anyfaas/kit'
import { DESCRIPTION, INIT_TIMEOUT, INSTANCE_CONCURRENCY } from '../common-rows.ts'
import { destinationName, layerNames, roleName } from '../resource-name.ts'
import { facts } from './facts.ts'

const NO_WORD = 'the template has no word for it'

/** Model -> the properties of Aliyun::Serverless::Function; what stands under `service` belongs to the whole service. */
export const fields: FnTable = {
  name: elsewhere('the key of the function'),
  at: elsewhere('a place in the file'),
  description: { to: 'Description', ...DESCRIPTION },
  runtime: elsewhere('Runtime'),
  code: elsewhere('Handler, Initializer, CodeUri, CAPort and CustomContainerConfig'),
  memoryMb: { to: 'MemorySize', range: facts.memoryMb },
  cpu: lossy(NO_WORD, 'use edition 3.0'),
  diskMb: lossy(NO_WORD, 'use edition 3.0'),
  timeoutSec: { to: 'Timeout', range: facts.timeoutSec },
  initTimeoutSec: { to: 'InitializationTimeout', ...INIT_TIMEOUT },
  environment: { to: 'EnvironmentVariables' },
  role: { to: 'service.Role', as: roleName, takes: 'an ARN' },
  vpc: {
    to: 'service.VpcConfig',
    takes: 'exactly one security group; the same for all functions',
    as: ({ id, subnets, securityGroups }) => {
      if (securityGroups.length !== 1)
        return refused('a service has one security group', 'name exactly one under vpc.securityGroups')
      if (subnets.length === 0) return refused('it needs a switch', 'name one under vpc.subnets')
      return { VpcId: id, VSwitchIds: subnets, SecurityGroupId: securityGroups[0] }
    },
  },
  logs: {
    to: 'service.LogConfig',
    takes: 'both project and store; the same for all functions',
    as: (logs) => {
      if (logs === false) return undefined
      if (logs.project === undefined || logs.store === undefined)
        return refused('it needs both a project and a store', 'logs: {project, store}')
      return { Project: logs.project, Logstore: logs.store }
    },
  },
  tags: lossy(NO_WORD, 'use edition 3.0'),
  layers: elsewhere('inside the artifact; the runtime loads them'),
  cloudLayers: { to: 'Layers', as: layerNames, takes: 'at most 5' },
  concurrency: {
    rows: {
      instance: { to: 'InstanceConcurrency', range: { min: 1, max: 100 }, ...INSTANCE_CONCURRENCY },
      reserved: lossy(NO_WORD, 'use edition 3.0'),
      min: lossy(NO_WORD, 'use edition 3.0'),
      max: lossy(NO_WORD, 'use edition 3.0'),
      factor: lossy('the platform scales by itself'),
      target: lossy('the platform scales by itself'),
    },
  },
  async: {
    rows: {
      retries: { to: 'AsyncConfiguration.MaxAsyncRetryAttempts', range: { min: 0, max: 8 } },
      maxAgeSec: { to: 'AsyncConfiguration.MaxAsyncEventAgeInSeconds', range: { min: 1, max: 604_800 } },
      onSuccess: { to: 'AsyncConfiguration.Destination.OnSuccess', as: destinationName, takes: 'an ARN' },
      onFailure: { to: 'AsyncConfiguration.Destination.OnFailure', as: destinationName, takes: 'an ARN' },
      callback: refuse(
        'results go to a function, a queue, a topic or an event bus, not to an address',
        'use async.onSuccess',
      ),
    },
  },
  secrets: refuse(
    'the platform has no store of secrets that a function can name',
    'environment: {NAME: ${secret:NAME}}',
  ),
  url: elsewhere('an HTTP trigger on /* when there is no other'),
  triggers: elsewhere('Events'),
  outputs: refuse('the runtime has no sender for this platform yet', "send with the platform's own SDK"),
  package: elsewhere('the artifact'),
  overrides: elsewhere('laid over the properties at last'),
}
