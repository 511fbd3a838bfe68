import fc from 'fast-check'
import { expect, test } from 'vitest'
import { COMMANDS } from '../../src/cli/commands.ts'
import { parse } from '../../src/cli/parse.ts'
import { run } from '../../src/cli/run.ts'
import { createFakeWorld } from './fake-world.ts'

// Every command, with nothing behind it.
const idle = COMMANDS.map((command) => ({
  ...command,
  run: async () => ({}),
  show: () => '',
  data: () => null,
  closing: () => undefined,
  exit: () => 0,
}))

const words = fc.constantFrom(
  ...COMMANDS.map((command) => command.name),
  ...COMMANDS.flatMap((command) =>
    command.options.flatMap(({ name, short }) => [`--${name}`, `--${name}=x`, ...(short ? [`-${short}`] : [])]),
  ),
  ...[
    '--',
    '-',
    '',
    '--json',
    '--json=stream',
    '--json=other',
    'stream',
    '--__proto__',
    '__proto__=1',
    '--param',
    '--=',
    '---',
    '-=x',
    '1',
    '-1',
    'help',
    '--help',
    '--no-help',
  ],
)

test('any command line is done or explained', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof({ weight: 5, arbitrary: words }, fc.string()), { maxLength: 6 }),
      async (argv) => {
        const world = createFakeWorld('/nowhere')
        const status = await run(argv, world, idle)
        expect([0, 2]).toContain(status)
        if (status === 2) expect(world.sheet.text()).toMatch(/SLS000[12]/)
      },
    ),
    { seed: 20_260_731, numRuns: 2000 },
  )
})

test('an option that has to be there, unless another was misspelt', () => {
  const syntax = {
    name: 'put',
    options: [{ name: 'key', short: 'k', value: 'KEY', isRequired: true, says: 'The key' }],
  }
  const mistakesOf = (args: readonly string[]) => parse(syntax, args).mistakes.map(({ message }) => message)
  expect(mistakesOf([])).toEqual(['"sls put" needs -k <KEY>'])
  expect(mistakesOf(['-k', 'a'])).toEqual([])
  expect(mistakesOf(['--kye', 'a'])).toEqual(['unknown option "--kye"'])
})
