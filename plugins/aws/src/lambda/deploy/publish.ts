import { type Call, clock, error, SlsError, type Tree } from '@anyfaas/kit'
import type { Action } from '../../account/sdk.ts'
import type { Site } from './site.ts'

/**
 * Makes a version of what is deployed now, and waits until it can be called. What is the newest version already stays that.
 * Throws SLS5007 for one that the platform could not make.
 */
export async function publishVersion(
  { api }: Site,
  FunctionName: string,
  about: string,
  call: Pick<Call, 'signal'>,
): Promise<Tree> {
  const send = (action: Action<'lambda'>, input: object): Promise<Tree> =>
    api.call({ service: 'lambda', action, input: { FunctionName, ...input }, about }, call)
  const made = await send('PublishVersion', {})
  let state = made
  while (state['State'] === 'Pending') {
    await clock.wait(LOOK_MS, call.signal)
    state = await send('GetFunctionConfiguration', { Qualifier: made['Version'] })
  }
  if (state['State'] !== 'Failed') return made
  throw new SlsError(error('SLS5007', `version ${made['Version']} of ${FunctionName} failed: ${state['StateReason']}`))
}

const LOOK_MS = 500
