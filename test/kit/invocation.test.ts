import { invocationMs, orAborted } from '@anyfaas/kit'
import { expect, it } from 'vitest'

const facts = { timeoutSec: { min: 1, max: 900 } }
const sync = { isAsync: false }

it.each([
  ['the time of the function and a margin', sync, { timeoutSec: 3 }, 123],
  ['with what its instance may take to be ready', sync, { timeoutSec: 3, initTimeoutSec: 300 }, 423],
  ['the most that the platform allows, where nothing is known', sync, {}, 1020],
  ['the same of a version, whose settings are its own', { ...sync, qualifier: '1' }, { timeoutSec: 3 }, 1020],
  ['a minute where it is only accepted', { isAsync: true }, { timeoutSec: 900 }, 60],
])('an invocation is awaited for %s', (_, request, allowed, sec) => {
  expect(invocationMs(request, allowed, facts)).toBe(sec * 1000)
})

it('what knows no signal is left when that is aborted', async () => {
  const never = new Promise<never>(() => undefined)
  const controller = new AbortController()
  const left = orAborted(never, controller.signal)
  controller.abort(new Error('enough'))
  await expect(left).rejects.toThrow('enough')
  await expect(orAborted(never, controller.signal)).rejects.toThrow('enough')
  await expect(orAborted(Promise.resolve(1), new AbortController().signal)).resolves.toBe(1)
})
