import { execFileSync } from 'node:child_process'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Fn, LINUX_X64 } from '../../src/kit/src/index.ts'
import { customOf, fnOf, HANDLER, mistakesOf, packProject, read, serviceOf, useProjects } from './project.ts'
import { readZip, unpack } from './unzip.ts'

const project = useProjects()

describe('a custom runtime', () => {
  it('gets the exec bit that a checkout lost, on the file that starts it', async () => {
    const made = project({ bootstrap: '#!/bin/sh\nexec ./server\n', server: { executable: 'x' }, 'README.md': '' })
    await packProject(made, serviceOf([customOf('web')]))
    const zip = await readZip(join(made.outDir, 'shop.zip'))
    expect([...zip].map(([name, { mode }]) => [name, mode & 0o777])).toEqual([
      ['README.md', 0o644],
      ['bootstrap', 0o755],
      ['server', 0o755],
    ])
  })

  it('refuses a first line that ends with CRLF, at its place', async () => {
    const made = project({ bootstrap: '#!/bin/sh\r\nexec ./server\r\n' })
    expect(await mistakesOf(packProject(made, serviceOf([customOf('web')])))).toMatchObject([
      { code: 'SLS4004', at: { file: join(made.dir, 'bootstrap'), start: 0, end: 9 } },
    ])
  })

  it('refuses a file to start that is not there', async () => {
    expect(await mistakesOf(packProject(project({ 'a.txt': '' }), serviceOf([customOf('web')])))).toMatchObject([
      { code: 'SLS4006', pointer: '/functions/web/custom/command' },
    ])
  })

  it('bundles a main module to the root, in the module system that .js means there', async () => {
    const files = {
      'src/server.ts': 'import { port } from "./port"; console.log(port satisfies number)',
      'src/port.ts': 'export const port = 9000',
    }
    const server = customOf('web', { source: 'src/server.ts', command: ['node', 'server.js'] })
    for (const type of ['commonjs', 'module']) {
      const made = project({ ...files, 'package.json': JSON.stringify({ type }) })
      await packProject(made, serviceOf([server]))
      const out = join(made.outDir, 'unpacked')
      execFileSync('python3', ['-m', 'zipfile', '-e', join(made.outDir, 'shop.zip'), out])
      expect(execFileSync(process.execPath, [join(out, 'server.js')], { encoding: 'utf8' })).toBe('9000\n')
    }
  })

  it('says when a handler names no file, and goes on', async () => {
    const made = project({ bootstrap: '#!/bin/sh\n' })
    const { diagnostics } = await packProject(made, serviceOf([customOf('web', { source: 'index.handler' })]))
    expect(diagnostics).toMatchObject([{ code: 'SLS4001', severity: 'warning', pointer: '/functions/web/handler' }])
  })
})

describe('package.artifact', () => {
  const made = () =>
    project({ ...HANDLER, 'ready.zip': Buffer.from('504b0506000000000000000000000000000000000000', 'hex') })

  it('is used as it is when somebody else made it', async () => {
    const place = made()
    const service = serviceOf([fnOf('login')], { artifact: 'ready.zip' })
    const { artifacts } = await packProject(place, service)
    expect(artifacts).toMatchObject([
      { path: join(place.outDir, 'ready.zip'), bytes: 22, handlers: { login: 'sls_login.handler' } },
    ])
  })

  it('names the file to write when it is not there, and it is written again after a change', async () => {
    const place = made()
    const service = serviceOf([fnOf('login')], { artifact: 'build/mine.zip' })
    const first = await packProject(place, service)
    expect(first.artifacts[0]?.path).toBe(join(place.outDir, 'mine.zip'))
    place.write({ 'login.js': 'exports.handler = async () => 2' })
    const second = await packProject(place, service)
    expect(second.artifacts[0]?.digest).not.toBe(first.artifacts[0]?.digest)
  })

  it('is refused when it is no zip', async () => {
    const place = made()
    for (const [name, content] of [
      ['a.zip', 'text'],
      ['b.zip', ''],
      ['c.zip', `PK\x05\x06`],
    ] as const) {
      place.write({ [name]: content })
      const service = serviceOf([fnOf('login')], { artifact: name })
      expect(await mistakesOf(packProject(place, service))).toMatchObject([
        { code: 'SLS4005', pointer: '/package/artifact' },
      ])
    }
    symlinkSync('.', join(place.dir, 'd.zip'))
    const folder = serviceOf([fnOf('login')], { artifact: 'd.zip' })
    expect(await mistakesOf(packProject(place, folder))).toMatchObject([{ code: 'SLS4005' }])
  })
})

describe('a platform that starts one file only', () => {
  const platform = {
    machineOf: () => LINUX_X64,
    programOf: () => 'start_here',
    pathOf: () => ['/opt/lang/bin', '/opt/old/bin'],
  }
  const packed = async (made: ReturnType<typeof project>, functions: readonly Fn[]) => {
    const { artifacts } = await packProject(made, serviceOf(functions), { platform })
    return await readZip(artifacts[0]?.path ?? '')
  }

  it('gets that file, which runs the command with the port and the interpreters', async () => {
    const made = project({ 'server.js': '' })
    const zip = await packed(made, [customOf('web', { command: ['node', 'server.js', "it's"] })])
    expect(zip.get('start_here')?.mode.toString(8)).toBe('100755')
    const folder = await unpack(join(made.outDir, 'shop.zip'), join(made.outDir, 'code'))
    const script = read(join(folder, 'start_here'))
    expect(script.split('\n')).toEqual([
      '#!/bin/bash',
      '# Generated by sls.',
      'cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1',
      'export PATH="/opt/lang/bin:/opt/old/bin:$PATH"',
      'export PORT="${PORT:-9000}"',
      "exec node server.js 'it'\\''s'",
      '',
    ])
  })

  it('is one that works', async () => {
    const made = project({ bootstrap: { executable: '#!/bin/sh\necho "$PORT $PWD $1"' } })
    await packed(made, [customOf('web', { command: ['./bootstrap', 'a b'] })])
    const folder = await unpack(join(made.outDir, 'shop.zip'), join(made.outDir, 'code'))
    const ran = execFileSync(join(folder, 'start_here'), {
      cwd: '/',
      env: { PATH: process.env['PATH'] ?? '' },
      encoding: 'utf8',
    })
    expect(ran).toBe(`9000 ${folder} a b\n`)
  })

  it('keeps the one that the user has written', async () => {
    const made = project({ 'server.js': '', start_here: '#!/bin/sh\nexec node server.js\n' })
    const zip = await packed(made, [customOf('web', { command: ['node', 'server.js'] })])
    expect([String(zip.get('start_here')?.bytes), zip.get('start_here')?.mode.toString(8)]).toEqual([
      '#!/bin/sh\nexec node server.js\n',
      '100755',
    ])
  })

  it('cannot start two commands of one artifact', async () => {
    const made = project({ 'a.js': '', 'b.js': '' })
    const two = [customOf('a', { command: ['node', 'a.js'] }), customOf('b', { command: ['node', 'b.js'] })]
    expect(await mistakesOf(packed(made, two))).toMatchObject([
      { code: 'SLS4006', help: ['package: {individually: true}'] },
    ])
  })
})
