import { adjusted, elsewhere, type Fn, type FnTable, lossy, noted, refuse, refused, type Value } from '@anyfaas/kit'
import { facts } from './facts.ts'
import { isServer } from './server.ts'

const NO_WORD = "the vendor's component has no word for it"

/** Model -> a function of the component multi-scf. */
export const fields: FnTable = {
  name: elsewhere('the key of the function, and its name with service and stage'),
  at: elsewhere('a place in the file'),
  description: {
    to: 'description',
    takes: '1000 characters',
    as: (text) =>
      text.length > 1000 ? adjusted(text.slice(0, 1000), 'a description has at most 1000 characters') : text,
  },
  runtime: elsewhere('runtime'),
  code: elsewhere('handler, type and image'),
  memoryMb: { to: 'memorySize', range: facts.memoryMb },
  cpu: lossy('it grows with the memory'),
  diskMb: {
    to: 'diskSize',
    takes: '512',
    as: (size) =>
      size === 512
        ? undefined
        : size < 512
          ? noted(undefined, 'every function has 512 MB')
          : refused('a function has 512 MB, and no public API gives it more', 'mount a file system by overrides'),
  },
  timeoutSec: { to: 'timeout', range: facts.timeoutSec },
  initTimeoutSec: { to: 'initTimeout', range: { min: 3, max: 300 } },
  environment: {
    to: 'environments',
    as: (variables: Readonly<Record<string, Value>>) =>
      Object.keys(variables).map((key) => ({ key, value: variables[key] })),
  },
  role: {
    to: 'role',
    as: (role) => (role.includes(':') ? refused(`"${role}" is not the name of a role`, 'role: NAME') : role),
    takes: 'a name',
  },
  vpc: {
    to: 'vpc',
    takes: 'exactly one subnet, no security groups',
    as: ({ id, subnets, securityGroups }) => {
      if (subnets.length !== 1) return refused('a function has one subnet', 'name exactly one under vpc.subnets')
      if (securityGroups.length > 0)
        return adjusted({ vpcId: id, subnetId: subnets[0] }, 'a function has no security groups; they are left out')
      return { vpcId: id, subnetId: subnets[0] }
    },
  },
  logs: {
    to: 'cls',
    takes: 'the ids of a logset and of a topic',
    as: (logs) => {
      if (logs === false) return undefined
      if (logs.project === undefined || logs.store === undefined)
        return refused('it needs the ids of a logset and of a topic', 'logs: {project: LOGSET, store: TOPIC}')
      return { logsetId: logs.project, topicId: logs.store }
    },
  },
  tags: { to: 'tags', as: (tags) => Object.entries(tags).map(([key, value]) => ({ key, value })) },
  layers: elsewhere('inside the artifact; the runtime loads them'),
  cloudLayers: { to: 'layers', takes: 'at most 5, as NAME:VERSION', as: readLayers },
  concurrency: {
    rows: {
      instance: {
        to: 'instanceConcurrencyConfig',
        takes: 'more than 1 with runtime custom or container only',
        range: { min: 1, max: 100 },
        as: (count, _, root) => {
          if (count === 1) return undefined
          return isServer(root as Fn)
            ? { enable: true, dynamicEnabled: false, maxConcurrency: count }
            : refused('only web functions take several requests at a time', 'leave it out, or use runtime: custom')
        },
      },
      reserved: {
        to: 'reservedConcurrencyMem',
        takes: 'at least 1; the component has no word for it, so it is a request of its own',
        // The platform reserves memory, not instances.
        as: (count, _, root) =>
          count === 0
            ? refused('0 would reserve nothing, and does not stop a function', 'leave it out')
            : count * (root as Fn).memoryMb,
      },
      min: lossy(NO_WORD),
      max: lossy(NO_WORD),
      factor: lossy('the platform scales by itself'),
      target: lossy('the platform scales by itself'),
    },
  },
  async: {
    rows: {
      retries: { to: 'retryNum' },
      maxAgeSec: { to: 'msgTTL' },
      onSuccess: refuse('the platform sends results nowhere', 'send them from the function'),
      onFailure: refuse('its dead letters went to CMQ, which is closed', 'catch the error inside the function'),
      callback: refuse('the platform sends results nowhere', 'send them from the function'),
    },
  },
  secrets: refuse('the platform hands no secrets to a function by name', 'environment: {NAME: ${secret:NAME}}'),
  url: elsewhere('a function URL on /* when there is no other route'),
  triggers: elsewhere('triggers'),
  outputs: refuse('the runtime has no sender for this platform yet', "send with the platform's own SDK"),
  package: elsewhere('src'),
  overrides: elsewhere('laid over the function at last'),
}

function readLayers(layers: readonly string[]): unknown {
  const read = layers.map((layer) => /^([A-Za-z][\w-]*):(\d+)$/.exec(layer))
  const wrong = layers.find((_, index) => read[index] === null)
  if (wrong !== undefined)
    return refused(`"${wrong}" is not a layer and its version`, 'write NAME:VERSION, such as tools:3')
  if (layers.length > 5) return refused('a function has at most 5 layers')
  return read.map((match) => ({ name: match?.[1], version: Number(match?.[2]) }))
}
