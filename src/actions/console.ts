import { error, SlsError } from '@anyfaas/kit'
import { readRecord } from '../local/client/record.ts'
import { ensurePlatform } from '../local/client/start.ts'
import { homeOf } from '../local/home.ts'
import type { ActionIo } from './io.ts'

export interface ConsoleResult {
  /** The address of the console, with the token behind `#`, where no server ever sees it. */
  readonly url: string
}

/** The console of this user's local platform, which is started when it does not run. Throws SLS7001. */
export async function openConsole(io: ActionIo): Promise<ConsoleResult> {
  const home = homeOf(io.env)
  const note = (text: string): void => io.tell({ kind: 'phase', name: text, state: 'note' })
  await ensurePlatform({ home, signal: io.signal, note })
  const record = await readRecord(home.record)
  if (!record) throw new SlsError(error('SLS7001', 'the local platform went away'))
  return { url: `http://127.0.0.1:${record.port}/_/#token=${record.token}` }
}
