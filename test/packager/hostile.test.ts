import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { type Given, HANDLER, LOGIN, mistakesOf, namesIn, packProject, useProjects } from './project.ts'

const project = useProjects()

describe('links', () => {
  it('are followed inside the service', async () => {
    const made = project({ ...HANDLER, 'shared/a.js': '', lib: { link: 'shared' }, 'b.js': { link: 'shared/a.js' } })
    expect(await namesIn(made)).toEqual(['b.js', 'lib/a.js', 'login.js', 'shared/a.js'])
  })

  it('are refused when they leave it, unless a pattern leaves them out', async () => {
    const made = project({ ...HANDLER, passwd: { link: '/etc/passwd' }, up: { link: '..' } })
    const mistakes = await mistakesOf(packProject(made, LOGIN))
    expect(mistakes).toMatchObject([
      { code: 'SLS4003', message: '"passwd" is a link to "/etc/passwd"' },
      { code: 'SLS4003', message: expect.stringMatching(/^"up" is a link to "/) },
    ])
    expect(await namesIn(made, { patterns: ['!passwd', '!up'] })).toEqual(['login.js'])
  })

  it('do not bring in a key file under another name', async () => {
    const made = project({ ...HANDLER, '.env': 'A=1', 'config.txt': { link: '.env' } })
    expect(await namesIn(made)).toEqual(['login.js'])
  })

  it('are refused in circles', async () => {
    const made = project({ ...HANDLER, 'a/up': { link: '..' }, self: { link: 'self' }, gone: { link: 'nothing' } })
    const mistakes = await mistakesOf(packProject(made, LOGIN))
    expect(mistakes.map(({ code, message }) => [code, message.replace(/:.*/, '')])).toEqual([
      ['SLS4004', '"a/up" is a link in a circle'],
      ['SLS4004', '"gone" cannot be read'],
      ['SLS4004', '"self" cannot be read'],
    ])
  })

  it('are refused when they double the work at every level', async () => {
    const files: Record<string, Given> = { ...HANDLER, 'l0/x.js': '' }
    for (let level = 1; level < 12; level++) {
      for (const way of ['a', 'b']) files[`l${level}/${way}`] = { link: `../l${level - 1}` }
    }
    const mistakes = await mistakesOf(packProject(project(files), LOGIN))
    expect(mistakes[0]).toMatchObject({ code: 'SLS4004', message: expect.stringContaining('too many links') })
  })
})

describe('hostile trees', () => {
  it('are refused with a reason: pipes, sockets, backslashes', async () => {
    const made = project({ ...HANDLER, 'a\\b': '' })
    execFileSync('mkfifo', [join(made.dir, 'pipe')])
    const server = createServer().listen(join(made.dir, 'socket'))
    await new Promise((resolve) => server.once('listening', resolve))
    const mistakes = await mistakesOf(packProject(made, LOGIN))
    server.close()
    expect(mistakes.map(({ code, message }) => [code, message])).toEqual([
      ['SLS4004', expect.stringContaining('backslash')],
      ['SLS4004', '"pipe" is not a regular file'],
      ['SLS4004', '"socket" is not a regular file'],
    ])
  })

  it('are refused when a name is not UTF-8', async () => {
    const made = project(HANDLER)
    writeFileSync(Buffer.concat([Buffer.from(`${made.dir}/`), Buffer.from([0x66, 0xff, 0x66])]), '')
    expect(await mistakesOf(packProject(made, LOGIN))).toMatchObject([
      { message: expect.stringContaining('not UTF-8') },
    ])
  })

  it('are packaged when they are only deep and long', async () => {
    const deep = `${'d'.repeat(100)}/`.repeat(30)
    const made = project({ ...HANDLER, [`${deep}x.txt`]: 'deep', [`${'n'.repeat(250)}.txt`]: 'long' })
    expect(await namesIn(made)).toContain(`${deep}x.txt`)
  })

  // The superuser reads everything, so the packager runs as nobody.
  it('are refused where they cannot be read', async () => {
    const made = project({ ...HANDLER, 'locked/a.txt': '', 'closed.txt': '' })
    const bundle = join(mkdtempSync(join(tmpdir(), 'sls-nobody-')), 'pack.mjs')
    await build({
      stdin: { contents: NOBODY, resolveDir: import.meta.dirname, loader: 'ts' },
      ...{
        outfile: bundle,
        bundle: true,
        platform: 'node',
        format: 'esm',
        external: ['esbuild', './trace.ts'],
        conditions: ['@anyfaas/source'],
      },
    })
    execFileSync('chmod', ['-R', 'a+rX', join(made.dir, '..'), join(bundle, '..')])
    execFileSync('chmod', ['000', join(made.dir, 'locked'), join(made.dir, 'closed.txt')])
    const query = JSON.stringify({ service: LOGIN, serviceDir: made.dir, runtimeEntry: made.runtimeEntry.href })
    const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}
    const { stdout, stderr } = spawnSync(process.execPath, [bundle, query], { encoding: 'utf8', ...nobody })
    execFileSync('chmod', ['-R', 'u+rwX', made.dir])
    rmSync(join(bundle, '..'), { recursive: true })
    expect([stdout, stderr]).toEqual([
      expect.stringMatching(
        /^SLS4004: "closed.txt" cannot be read: EACCES.*\nSLS4004: "locked" cannot be read: EACCES/,
      ),
      '',
    ])
  })
})

const NOBODY = `
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { pack } from '../../src/packager/pack.ts'
const query = JSON.parse(process.argv[2])
const outDir = mkdtempSync(tmpdir() + '/sls-out-')
try {
  await pack({ ...query, runtimeEntry: new URL(query.runtimeEntry), outDir, cacheDir: outDir + '/cache', providerName: 'test', nodeTarget: 'node18' })
} catch (failure) {
  process.stdout.write(failure.message)
}
rmSync(outDir, { recursive: true })
`
