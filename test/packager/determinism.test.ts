import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeAggregate } from '../fixtures/service.ts'
import { customOf, fnOf, type Given, type Project, packProject, serviceOf, useProjects } from './project.ts'

const project = useProjects()

const FILES: Readonly<Record<string, Given>> = {
  'src/login.ts':
    "import { next } from './shared/count'\nimport { text } from 'dep'\nexport const handler = () => next() + text",
  'src/list.ts':
    "import { next } from './shared/count'\nexport const handler = async () => (await import('./shared/late')).late + next()",
  'src/shared/count.ts': 'let n = 0\nexport const next = () => ++n',
  'src/shared/late.ts': 'export const late = 1',
  'plain.js': "exports.handler = () => require('dep').text",
  bootstrap: '#!/bin/sh\n',
  'bin/tool': { executable: '#!/bin/sh\n' },
  'views/文.html': '<p>',
  'views/z.html': 'z'.repeat(70_000),
  'package.json': '{"dependencies":{"dep":"1"}}',
  'node_modules/dep/package.json': '{"main":"index.js"}',
  'node_modules/dep/index.js': 'exports.text = "dep"',
}

const SERVICE = serviceOf([makeAggregate('all', [fnOf('login'), fnOf('list')]), fnOf('plain'), customOf('web')])

async function packedWith(
  umask: number,
  files: Readonly<Record<string, Given>>,
  change: (made: Project) => void,
): Promise<Buffer> {
  // A worker thread cannot set its umask, so modes are changed to what another umask leaves.
  const made = project(files)
  execFileSync('chmod', ['-R', umask === 0o077 ? 'go-rwx' : 'go+rX', made.dir])
  change(made)
  await packProject(made, SERVICE)
  return readFileSync(join(made.outDir, 'shop.zip'))
}

describe('the same project', () => {
  it('has the same bytes in another place, with other times, another umask, files made in another order', async () => {
    const one = await packedWith(0o022, FILES, () => undefined)
    const backwards = Object.fromEntries(Object.entries(FILES).reverse())
    const other = await packedWith(0o077, backwards, ({ dir }) => {
      execFileSync('find', [dir, '-exec', 'touch', '-h', '-d', '1999-12-31', '{}', '+'])
    })
    expect(other.equals(one)).toBe(true)
  })

  it('has other bytes when a file or its exec bit is another', async () => {
    const sha = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
    const digests = [
      sha(await packedWith(0o022, FILES, () => undefined)),
      sha(await packedWith(0o022, FILES, ({ dir }) => execFileSync('chmod', ['-x', join(dir, 'bin/tool')]))),
      sha(await packedWith(0o022, { ...FILES, 'views/z.html': 'other' }, () => undefined)),
    ]
    expect(new Set(digests).size).toBe(3)
  })
})
