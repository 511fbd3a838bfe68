import { Patience } from '@anyfaas/kit'
import { expect, it } from 'vitest'

/** A patience for which every wait lasts a second, and what it said. */
function make({ isExamined = false } = {}): { patience: Patience; said: string[] } {
  let nowMs = 0
  const said: string[] = []
  const wait = async (): Promise<void> => {
    nowMs += 1000
  }
  const patience = new Patience({
    retryable: (failure) => String(failure).includes('passing'),
    describe: (failure) => `it does not answer: ${failure}`,
    asking: { note: (text) => void said.push(text), isExamined },
    clock: { now: () => nowMs, wait },
  })
  return { patience, said }
}

/** Fails so often, then answers. */
function after(failures: number, words = 'passing'): () => Promise<string> {
  let left = failures
  return async () => {
    if (left-- > 0) throw new Error(words)
    return 'answer'
  }
}

const { signal } = new AbortController()

/** Reads for some seconds what does not answer. */
async function cutOff(patience: Patience): Promise<void> {
  const cut = new AbortController()
  let left = 5
  const work = async (): Promise<string> => {
    if (left-- === 0) cut.abort(new Error('its time is over'))
    cut.signal.throwIfAborted()
    throw new Error('passing')
  }
  await expect(patience.read('one', work, cut.signal)).rejects.toThrow('its time is over')
}

it('says nothing of what passes at once', async () => {
  const { patience, said } = make()
  expect(await patience.read('one', after(2), signal)).toBe('answer')
  expect(said).toEqual([])
})

it('says once that there is no answer, whichever service was asked, and again when it happens again', async () => {
  const { patience, said } = make()
  const both = ['one', 'two'].map((service) => patience.read(service, after(20), signal))
  expect(await Promise.all(both)).toEqual(['answer', 'answer'])
  expect(said).toEqual(['it does not answer: Error: passing; trying again'])
  await patience.read('one', after(20), signal)
  expect(said).toHaveLength(2)
})

it('rejects with the failure that does not pass, and gives up after a while', async () => {
  const { patience, said } = make()
  await expect(patience.read('one', after(1, 'for good'), signal)).rejects.toThrow('for good')
  expect(said).toEqual([])
  await expect(patience.read('one', after(1000), signal)).rejects.toThrow('passing')
  expect(said).toHaveLength(1)
})

it('says it again after a read that was cut off, and not while another waits for the same service', async () => {
  const { patience, said } = make()
  const beside = patience.read('one', after(20), signal)
  await cutOff(patience)
  await beside
  expect(said).toHaveLength(1)
  await cutOff(patience)
  expect(said).toHaveLength(2)
  await patience.read('one', after(5), signal)
  expect(said).toHaveLength(3)
})

it('tells within seconds what does not answer where that is only looked at', async () => {
  const { patience } = make({ isExamined: true })
  expect(await patience.read('one', after(2), signal)).toBe('answer')
  await expect(patience.read('one', after(5), signal)).rejects.toThrow('passing')
})
