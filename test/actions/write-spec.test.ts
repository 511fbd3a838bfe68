import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isSlsError } from '@anyfaas/kit'
import { afterAll, expect, test } from 'vitest'
import type { ActionIo } from '../../src/actions/io.ts'
import { translate } from '../../src/actions/translate.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'

const dir = mkdtempSync(join(tmpdir(), 'anyfaas-write-'))
writeFileSync(
  join(dir, 'serverless.yml'),
  'service: app\nprovider: {name: aws, runtime: nodejs}\nfunctions:\n  hello: {handler: index.hello}\n',
)
afterAll(() => removeFolder(dir))

const io: ActionIo = { cwd: dir, env: {}, signal: new AbortController().signal, tell: () => {} }

test.each([
  ['a folder that is a file', 'serverless.yml', []],
  // The draft is written, and cannot take this place.
  ['a file that is a folder', 'taken', ['template.yaml']],
])('a spec that cannot be written is no bug, and leaves no part of it: %s', async (_, out, left) => {
  mkdirSync(join(dir, 'taken/aws/template.yaml/in-the-way'), { recursive: true })
  const failure: unknown = await translate({ dir, out }, io).catch((cause: unknown) => cause)
  expect(isSlsError(failure) && failure.diagnostics.map(({ code }) => code)).toEqual(['SLS4005'])
  if (left.length > 0) expect(readdirSync(join(dir, out, 'aws'))).toEqual(left)
})

test('the text of a spec is its bytes', async () => {
  const { specs } = await translate({ dir, stdout: true }, io)
  expect(specs).toHaveLength(1)
  for (const spec of specs) expect(Buffer.from(spec.bytes()).toString()).toBe(spec.text)
  expect(JSON.parse(JSON.stringify(specs))[0].text).toMatch(/^AWSTemplateFormatVersion/)
})
