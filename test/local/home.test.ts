import { mkdir, mkdtemp, readdir } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join, relative, sep } from 'node:path'
import { expect, test } from 'vitest'
import { homeOf } from '../../src/local/home.ts'
import { CodeStore } from '../../src/local/platform/services/code-store.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'

test('no folder between a home and the code of functions begins with a dot', () => {
  const parts = relative(homedir(), homeOf({}).code).split(sep)
  expect(parts.filter((part) => part.startsWith('.'))).toEqual([])
  expect(homeOf({ SLS_HOME: '/srv/other' }).code).toBe('/srv/other/code')
  // The platform is told its home by the command that starts it.
  expect(homeOf({ SLS_HOME: homeOf({}).root })).toEqual(homeOf({}))
})

test('what nobody keeps goes, and what is not ours stays', async () => {
  const root = await mkdtemp(join(tmpdir(), 'sls-code-'))
  try {
    const digest = `sha256-${'a'.repeat(64)}`
    const draft = '.6f1c0a7e-4b2d-4d0f-9a3e-0c5d1c2f3e4d'
    for (const name of [digest, draft, 'mine', '.git', 'sha256-notes'])
      await mkdir(join(root, name, 'code'), { recursive: true })
    await new CodeStore(root).prune()
    expect((await readdir(root)).sort()).toEqual(['.git', 'mine', 'sha256-notes'])
  } finally {
    removeFolder(root)
  }
})
