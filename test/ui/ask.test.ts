import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { createAsk } from '../../src/ui/ask.ts'
import { createPaper, plain } from './paper.ts'

const QUESTION = {
  message: 'Which platform?',
  choices: [
    { value: 'aws', label: 'AWS' },
    { value: 'local', label: 'this machine' },
  ],
  default: 'local',
}

function open(signal = new AbortController().signal) {
  const input = new PassThrough()
  const output = createPaper({ isTerminal: true })
  return { input, output, ask: createAsk({ input, err: { output, style: plain }, signal, hold: () => undefined }) }
}

test.each([
  ['a number', '1\n', 'aws'],
  ['a word', ' AWS \n', 'aws'],
  ['Enter', '\n', 'local'],
])('%s is an answer', async (_, typed, answer) => {
  const { input, output, ask } = open()
  input.write(typed)
  await expect(ask(QUESTION)).resolves.toBe(answer)
  expect(output.text()).toBe('Which platform?\n  1  AWS\n  2  this machine  (Enter)\n> ')
})

test('the end of the input takes the default', async () => {
  const { input, ask } = open()
  input.end()
  await expect(ask(QUESTION)).resolves.toBe('local')
})

test('an interrupt ends the question', async () => {
  const interrupts = new AbortController()
  const { ask } = open(interrupts.signal)
  const answer = ask(QUESTION)
  interrupts.abort()
  await expect(answer).rejects.toMatchObject({ name: 'AbortError' })
})

test('what is no choice is asked again', async () => {
  const { input, output, ask } = open()
  const answer = ask(QUESTION)
  input.write('3\n')
  await expect.poll(() => output.text()).toContain('one of aws, local\n> ')
  input.write('2\n')
  await expect(answer).resolves.toBe('local')
})
