import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { HANDLER, LOGIN, mistakesOf, namesIn, packProject, useProjects } from './project.ts'

const project = useProjects()

describe.each(['.slsignore', '.fcignore', '.funignore'])('%s', (ignoreFile) => {
  const files = {
    ...HANDLER,
    'package.json': '{"dependencies":{"dep":"1"}}',
    'dist/a.js': '',
    'docs/deep/b.md': '',
    'c.log': '',
    'keep.log': '',
    'node_modules/dep/package.json': '{}',
    'node_modules/dep/dist/index.js': '',
    'node_modules/dep/readme.md': '',
  }

  it('leaves out what it names, as git would, and nothing of packages unless it says so', async () => {
    const made = project({
      ...files,
      [ignoreFile]: '# a comment\n\ndist\r\n*.md\n*.log\n!keep.log\nnode_modules/**/*.md\n',
    })
    expect(await namesIn(made)).toEqual([
      'keep.log',
      'login.js',
      'node_modules/dep/dist/index.js',
      'node_modules/dep/package.json',
      'package.json',
    ])
  })

  it('yields to the patterns of the service file', async () => {
    const made = project({ ...files, [ignoreFile]: 'docs\n' })
    expect(await namesIn(made, { patterns: ['docs/**/*.md', '!c.log'] })).toContain('docs/deep/b.md')
  })

  it('puts nothing into a bundle by taking something back', async () => {
    const made = project({ 'login.ts': 'export const handler = () => 1', 'a.txt': '', [ignoreFile]: '*.txt\n!a.txt\n' })
    expect(await namesIn(made, { bundle: { sourcemap: false } })).toEqual(['login.js'])
  })
})

describe('packages that only Yarn reads', () => {
  const files = { 'package.json': '{"dependencies":{"dep":"1"}}', '.pnp.cjs': '' }

  it('are refused when they would have to be copied', async () => {
    const mistakes = await mistakesOf(packProject(project({ ...HANDLER, ...files }), LOGIN))
    expect(mistakes).toMatchObject([
      { code: 'SLS4004', message: expect.stringContaining('archives that only Yarn reads') },
    ])
  })

  it('are no matter when nothing of them is needed', async () => {
    const made = project({ 'login.ts': 'export const handler = () => 1', ...files })
    expect(await namesIn(made, { bundle: { sourcemap: false } })).toEqual(['login.js'])
  })
})

describe('what other artifacts were written into', () => {
  it('is not packaged', async () => {
    const made = project({ ...HANDLER, 'build/aws/old.zip': 'old', 'build/aliyun/s.yaml': '' })
    mkdirSync(join(made.dir, 'build'), { recursive: true })
    const { artifacts } = await packProject(made, LOGIN, {
      outDir: join(made.dir, 'build/aws'),
      written: join(made.dir, 'build'),
    })
    expect(artifacts.map(({ bytes }) => bytes)).toEqual([
      (await packProject(project(HANDLER), LOGIN)).artifacts[0]?.bytes,
    ])
  })
})
