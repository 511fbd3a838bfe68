import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { removeFolder } from '../fixtures/remove-folder.ts'
import { LOGIN, namesIn, packProject, useProjects } from './project.ts'
import { unpack } from './unzip.ts'

const project = useProjects()

const FILES = {
  'login.js': "const { text } = require('a')\nexports.handler = async () => text",
  'views/page.html': '<p>',
  'package.json': '{"dependencies":{"a":"1","unused":"1"}}',
  'node_modules/a/package.json': '{"main":"lib/index.js","dependencies":{"b":"1"}}',
  'node_modules/a/lib/index.js':
    "const fs = require('fs'), path = require('path')\nexports.text = require('b/part') + fs.readFileSync(path.join(__dirname, 'data.txt'), 'utf8')",
  'node_modules/a/lib/data.txt': 'data',
  'node_modules/a/lib/other.js': '',
  'node_modules/a/docs/guide.html': '',
  'node_modules/b/package.json': '{}',
  'node_modules/b/part.js': "module.exports = 'part '",
  'node_modules/b/index.js': '',
  'node_modules/unused/package.json': '{}',
}

const TRACED = [
  'login.js',
  'node_modules/a/lib/data.txt',
  'node_modules/a/lib/index.js',
  'node_modules/a/package.json',
  'node_modules/b/package.json',
  'node_modules/b/part.js',
  'package.json',
  'views/page.html',
]

describe('trace', () => {
  it('takes of packages what is required, and what they open by path', async () => {
    expect(await namesIn(project(FILES), { trace: true })).toEqual(TRACED)
  })

  it('takes what a pattern of packages names too', async () => {
    const options = { trace: true, patterns: ['node_modules/a/docs/**'] }
    expect(await namesIn(project(FILES), options)).toEqual([...TRACED, 'node_modules/a/docs/guide.html'].sort())
  })

  it('takes a package with machine code whole', async () => {
    const addon = { ...FILES, 'node_modules/b/binding.gyp': '', 'node_modules/b/build/Release/b.node': '' }
    expect(await namesIn(project(addon), { trace: true })).toContain('node_modules/b/build/Release/b.node')
  })

  it('traces again when a file has changed, and only then', async () => {
    const made = project(FILES)
    await namesIn(made, { trace: true })
    const kept = join(made.cacheDir, 'required.json')
    const before = readFileSync(kept, 'utf8')
    expect(await namesIn(made, { trace: true })).toEqual(TRACED)
    expect(readFileSync(kept, 'utf8')).toBe(before)
    made.write({ 'node_modules/b/part.js': "require('./index.js')" })
    expect(await namesIn(made, { trace: true })).toContain('node_modules/b/index.js')
  })

  it('makes an artifact that runs', async () => {
    const made = project(FILES)
    const { artifacts } = await packProject(made, { ...LOGIN, package: { ...LOGIN.package, trace: true } })
    const folder = await unpack(artifacts[0]?.path ?? '', mkdtempSync(join(tmpdir(), 'sls-traced-')))
    const script = "require('./sls_login.js').handler({}).then((text) => process.stdout.write(text))"
    expect(execFileSync(process.execPath, ['-e', script], { cwd: folder, encoding: 'utf8' })).toBe('part data')
    removeFolder(folder)
    expect(existsSync(folder)).toBe(false)
  })
})
