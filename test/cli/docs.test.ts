import { expect, test } from 'vitest'
import { COMMANDS } from '../../src/cli/commands.ts'
import { writeCliDocs } from '../../src/cli/docs.ts'

test('docs/cli.md is what the table of commands says', async () => {
  await expect(writeCliDocs()).toMatchFileSnapshot('../../docs/cli.md')
})

test('no command says twice or nothing', () => {
  const names = COMMANDS.map((command) => command.name)
  expect(new Set(names).size).toBe(names.length)
  for (const { name, summary, examples, options, arguments: words = [] } of COMMANDS) {
    expect(examples.length, name).toBeGreaterThan(0)
    expect(summary, name).toMatch(/^[A-Z].*[^.]$/)
    const keys = [...options.map((option) => option.as ?? option.name), ...words.map((word) => word.as)]
    expect(new Set(keys).size, name).toBe(keys.length)
    const letters = options.flatMap((option) => option.short ?? [])
    expect(new Set(letters).size, name).toBe(letters.length)
    expect(letters, name).not.toContain('h')
  }
})
