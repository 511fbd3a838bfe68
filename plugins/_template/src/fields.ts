import { elsewhere, type FnTable, lossy, refuse } from '@anyfaas/kit'
import { facts } from './facts.ts'

/** What becomes of each field of a function. A field that is missing here does not compile. */
export const fields: FnTable = {
  name: elsewhere('name'),
  at: elsewhere('a place in the file'),
  description: { to: 'description' },
  runtime: elsewhere('runtime'),
  code: elsewhere('code and handler'),
  timeoutSec: { to: 'limits.timeout', range: facts.timeoutSec },
  memoryMb: { to: 'limits.memory', range: facts.memoryMb },
  cpu: lossy('a function has as much of it as of memory', 'set memorySize'),
  diskMb: lossy('every function has 512 MB'),
  initTimeoutSec: lossy('a start is a part of the first call', 'set timeout'),
  environment: { to: 'environment' },
  role: refuse('functions have no roles'),
  vpc: refuse('functions are on the public network'),
  logs: lossy('the platform keeps all logs'),
  tags: { to: 'labels' },
  layers: elsewhere('inside the artifact; the runtime loads them'),
  cloudLayers: refuse('the platform has no layers'),
  concurrency: lossy('the platform scales by itself'),
  async: lossy('a call that fails is not made again'),
  secrets: refuse('it hands no secrets to a function by name', 'environment: {NAME: ${secret:NAME}}'),
  url: elsewhere('an http trigger on /* when there is no other'),
  triggers: elsewhere('triggers'),
  outputs: refuse('the runtime has no sender for this platform', 'send from the function by itself'),
  package: elsewhere('inside the artifact'),
  overrides: elsewhere('laid over the function at last'),
}
