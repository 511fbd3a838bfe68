import { expect, test } from 'vitest'
import { Queues } from '../../src/local/queue.ts'

test('work of one name is done in its turn, of others meanwhile, and a name without work is forgotten', async () => {
  const queues = new Queues()
  const done: string[] = []
  let release: () => void = () => undefined
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const note = async (text: string): Promise<void> => void done.push(text)
  const first = queues.run('a', () => held.then(() => note('a1')))
  const failing = queues.run('a', () => Promise.reject(new Error('a2')))
  // Asked for at the moment at which its name could be forgotten.
  const later = failing.catch(() => queues.run('a', () => note('a4')))
  const third = queues.run('a', () => note('a3'))
  await queues.run('b', () => note('b'))
  expect(queues.size).toBe(1)
  release()
  await expect(failing).rejects.toThrow('a2')
  await Promise.all([first, third, later])
  expect(done).toEqual(['b', 'a1', 'a3', 'a4'])
  expect(queues.size).toBe(0)
})
