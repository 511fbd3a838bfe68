import { error, isMap, SlsError } from '@anyfaas/kit'
import type { Home } from '../home.ts'
import { readJson } from '../json-file.ts'
import type { CallQueue } from './call-queue.ts'
import { LogQueue } from './log-queue.ts'

/** The queue that `settings.json` names, as `{"queue": "nats://HOST:4222"}`; else the one on this machine's disk. Throws SLS7001. */
export async function chooseQueue(home: Home): Promise<CallQueue> {
  const settings = await readJson(home.settings)
  const server = isMap(settings) ? settings['queue'] : undefined
  if (server === undefined) return new LogQueue(home.queue)
  if (typeof server !== 'string' || !/^nats:\/\/./.test(server) || !URL.canParse(server)) {
    throw new SlsError(error('SLS7001', `"queue" of ${home.settings} is not the address of a NATS server`))
  }
  const { NatsQueue } = await import('./nats-queue.ts')
  return new NatsQueue(server, home.queue)
}
