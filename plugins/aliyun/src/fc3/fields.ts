import { elsewhere, type Fn, type FnTable, fitRange, lossy, refuse, refused } from '@anyfaas/kit'
import { DESCRIPTION, INIT_TIMEOUT, INSTANCE_CONCURRENCY } from '../common-rows.ts'
import { destinationName, layerNames, roleName } from '../resource-name.ts'
import { facts } from './facts.ts'

/** Model -> the props of an fc3 component. */
export const fields: FnTable = {
  name: elsewhere('functionName: service, stage and function'),
  at: elsewhere('a place in the file'),
  description: { to: 'description', ...DESCRIPTION },
  runtime: elsewhere('runtime'),
  code: elsewhere('handler, code, customRuntimeConfig and customContainerConfig'),
  memoryMb: { to: 'memorySize', range: facts.memoryMb },
  cpu: {
    to: 'cpu',
    range: { min: 0.05, max: 16, step: 0.05 },
    as: besideMemory,
    takes: 'memory in GB is one to four times that',
  },
  diskMb: { to: 'diskSize', range: { min: 512, max: 512, also: [10_240] } },
  timeoutSec: { to: 'timeout', range: facts.timeoutSec },
  initTimeoutSec: { to: 'instanceLifecycleConfig.initializer.timeout', ...INIT_TIMEOUT },
  environment: { to: 'environmentVariables' },
  role: { to: 'role', as: roleName, takes: 'an ARN' },
  vpc: {
    to: 'vpcConfig',
    takes: 'exactly one security group',
    as: ({ id, subnets, securityGroups }) => {
      if (securityGroups.length !== 1)
        return refused('a function has one security group', 'name exactly one under vpc.securityGroups')
      if (subnets.length === 0) return refused('it needs a switch', 'name one under vpc.subnets')
      return { vpcId: id, vSwitchIds: subnets, securityGroupId: securityGroups[0] }
    },
  },
  logs: {
    to: 'logConfig',
    takes: 'both project and store',
    as: (logs) => {
      if (logs === false) return undefined
      if (logs.project === undefined || logs.store === undefined)
        return refused('it needs both a project and a store', 'logs: {project, store}')
      return { project: logs.project, logstore: logs.store }
    },
  },
  tags: { to: 'tags', as: (tags) => Object.entries(tags).map(([key, value]) => ({ key, value })) },
  layers: elsewhere('inside the artifact; the runtime loads them'),
  cloudLayers: {
    to: 'layers',
    takes: 'at most 5',
    as: layerNames,
  },
  concurrency: {
    rows: {
      instance: { to: 'instanceConcurrency', range: { min: 1, max: 200 }, ...INSTANCE_CONCURRENCY },
      reserved: { to: 'concurrencyConfig.reservedConcurrency' },
      min: { to: 'scalingConfig.minInstances' },
      max: refuse('instances are bounded by the reserved concurrency', 'use concurrency.reserved'),
      factor: lossy('the platform scales by itself'),
      target: lossy('the platform scales by itself'),
    },
  },
  async: {
    rows: {
      retries: { to: 'asyncInvokeConfig.maxAsyncRetryAttempts', range: { min: 0, max: 8 } },
      maxAgeSec: { to: 'asyncInvokeConfig.maxAsyncEventAgeInSeconds', range: { min: 1, max: 604_800 } },
      onSuccess: {
        to: 'asyncInvokeConfig.destinationConfig.onSuccess.destination',
        as: destinationName,
        takes: 'an ARN',
      },
      onFailure: {
        to: 'asyncInvokeConfig.destinationConfig.onFailure.destination',
        as: destinationName,
        takes: 'an ARN',
      },
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
  url: elsewhere('an http trigger on /* when there is no other'),
  triggers: elsewhere('triggers'),
  outputs: refuse('the runtime has no sender for this platform yet', "send with the platform's own SDK"),
  package: elsewhere('the artifact'),
  overrides: elsewhere('laid over the props at last'),
}

// https://www.alibabacloud.com/help/en/fc/product-overview/instance-types-and-usage-modes
function besideMemory(cpu: number, { memoryMb }: Fn): unknown {
  const memory = fitRange(memoryMb, facts.memoryMb) ?? memoryMb
  const [least, most] = [cpu * 1024, cpu * 4096]
  if (memory >= least && memory <= most) return cpu
  return refused(
    `${cpu} processors do not go with ${memory} MB of memory: it is one to four times as many GB`,
    `memorySize: ${Math.ceil(Math.max(least, facts.memoryMb.min) / 64) * 64} to ${Math.floor(most / 64) * 64}, or leave cpu out`,
  )
}

/**
 * The processors that go with so much memory when the file does not say: the vendor's tool takes 0.35 for any, which the
 * platform refuses beside more than 1.4 GB.
 */
export function cpuFor(memoryMb: unknown): number {
  const cores = (typeof memoryMb === 'number' ? memoryMb : DEFAULT_MEMORY_MB) / 1024 / 1.5
  return Math.min(16, Math.max(0.05, Math.ceil(cores * 20 - 1e-9) / 20))
}

/** What the platform's own tool takes. */
export const DEFAULT_MEMORY_MB = 512
