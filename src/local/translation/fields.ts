import { elsewhere, type FnTable, lossy, refused } from '@anyfaas/kit'
import { facts } from './facts.ts'

const NO_DESTINATION = 'results go to a callback'
const BY_CALLS = 'processes are started as calls need them'

/** Model -> a function of `local.yml`. */
export const fields: FnTable = {
  name: elsewhere('name'),
  at: elsewhere('a place in the file'),
  description: { to: 'description' },
  runtime: elsewhere('handler or server'),
  code: elsewhere('artifact, handler and server'),
  memoryMb: { to: 'memory', range: facts.memoryMb },
  cpu: lossy('processes share the machine'),
  diskMb: lossy('the disk is that of the machine'),
  timeoutSec: { to: 'timeout', range: facts.timeoutSec },
  initTimeoutSec: { to: 'initTimeout' },
  environment: elsewhere('environment'),
  role: lossy('functions run as you'),
  vpc: lossy('functions are on the network of the machine'),
  logs: lossy('the platform keeps the logs itself: sls logs'),
  tags: lossy('nobody asks for them'),
  layers: elsewhere('inside the artifact; the runtime loads them'),
  cloudLayers: lossy('they are on a cloud'),
  concurrency: {
    rows: {
      instance: { to: 'concurrency.instance' },
      reserved: lossy('nothing is shared with other functions; concurrency.max limits the processes'),
      min: { to: 'concurrency.min' },
      max: { to: 'concurrency.max' },
      factor: lossy(BY_CALLS),
      target: lossy(BY_CALLS),
    },
  },
  async: {
    rows: {
      retries: { to: 'async.retries' },
      maxAgeSec: { to: 'async.maxAge' },
      onSuccess: lossy(NO_DESTINATION),
      onFailure: lossy('dead letters are kept and listed by the platform'),
      callback: {
        to: 'async.callback',
        as: (callback) =>
          typeof callback === 'string' ? callback : refused('it keeps no secret in an address', 'name it as it is'),
      },
    },
  },
  secrets: { to: 'secretFiles', as: (names) => (names.length > 0 ? names : undefined) },
  url: elsewhere('a route on /* when there is no other; /function/NAME answers anyway'),
  triggers: elsewhere('routes and timers'),
  outputs: elsewhere('outputs'),
  package: elsewhere('inside the artifact'),
  overrides: elsewhere('laid over the function at last'),
}
