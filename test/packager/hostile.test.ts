import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { isSlsError } from '../../src/kit/src/index.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'
import { type Given, HANDLER, LOGIN, mistakesOf, namesIn, packProject, useProjects } from './project.ts'
import { readZip } from './unzip.ts'

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

  it('are packaged whole however many and oddly named the files are', { timeout: 1_800_000 }, async () => {
    const files: Record<string, string> = { ...HANDLER }
    for (let index = 0; index < HOSTILE_FILES; index++) files[hostileName(index)] = ODD[index % ODD.length] ?? ''
    const made = project(files)
    const { artifacts } = await packProject(made, LOGIN)
    const found = await readZip(artifacts[0]?.path ?? '')
    const isWrong = ([name, text]: [string, string]) => found.get(name)?.bytes.equals(Buffer.from(text)) !== true
    const wrong = Object.entries(files).filter(isWrong)
    // Here, for it takes longer than a hook may.
    made.remove()
    expect([wrong, found.size - Object.keys(files).length]).toEqual([[], GENERATED])
  })

  // Longer than a path may be, so that only a program that goes down step by step can make and remove it.
  it('are refused when a name is a megabyte long', async () => {
    const made = project({ ...HANDLER, 'keep/a.txt': '' })
    const deep = join(made.dir, 'deep')
    try {
      execFileSync('python3', ['-c', DIG, deep])
      const mistakes = await mistakesOf(packProject(made, LOGIN))
      expect(mistakes).toMatchObject([{ code: 'SLS4004', message: expect.stringContaining('ENAMETOOLONG') }])
      expect(await namesIn(made, { patterns: ['!deep'] })).toEqual(['keep/a.txt', 'login.js'])
    } finally {
      execFileSync('rm', ['-rf', deep])
    }
  })

  it('are refused or right while a file changes: never half of one state and half of another', async () => {
    const made = project({ ...HANDLER, 'state.txt': 'a'.repeat(200_000) })
    const writer = spawn(process.execPath, ['-e', RESTLESS, join(made.dir, 'state.txt')])
    const outcomes = new Set<string>()
    try {
      await new Promise((resolve) => writer.stdout.once('data', resolve))
      for (let round = 0; round < 40; round++) {
        const outcome = await packProject(made, LOGIN).then(
          async ({ artifacts }) => (await readZip(artifacts[0]?.path ?? '')).get('state.txt')?.bytes.toString() ?? '',
          async (cause: unknown) => (isSlsError(cause) ? (cause.diagnostics[0]?.code ?? '') : String(cause)),
        )
        outcomes.add(outcome === 'SLS4004' || /^(.?)\1*$/.test(outcome) ? 'fine' : outcome.slice(0, 200))
      }
    } finally {
      const ended = once(writer, 'exit')
      writer.kill()
      await ended
    }
    expect([...outcomes]).toEqual(['fine'])
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
    removeFolder(join(bundle, '..'))
    expect([stdout, stderr]).toEqual([
      expect.stringMatching(
        /^SLS4004: "closed.txt" cannot be read: EACCES.*\nSLS4004: "locked" cannot be read: EACCES/,
      ),
      '',
    ])
  })
})

// A hundred thousand take minutes; CI takes more than a developer does.
const HOSTILE_FILES = Number(process.env['ANYFAAS_HOSTILE_FILES'] ?? 2000)
// The entry, and the runtime.
const GENERATED = 2

const ODD = ['', 'x', '\0\xff\xfe', 'PK\x03\x04', 'same', 'same', 'y'.repeat(20_000)]

const NAMES = [
  'a b',
  '-rf',
  "it's",
  '"q"',
  '$HOME',
  '文',
  'e\u0301',
  '\u00e9',
  '\u{1f600}',
  'new\nline',
  'tab\t',
  '*',
  'CON',
  '%00',
  '.hidden',
]

function hostileName(index: number): string {
  return `h${index % 97}/${NAMES[index % NAMES.length]}/${index}${NAMES[(index * 7) % NAMES.length]}`
}

const DIG = `
import os, sys
os.mkdir(sys.argv[1]); os.chdir(sys.argv[1])
for _ in range(4200):
    os.mkdir('d' * 250); os.chdir('d' * 250)
`

// In place, each time with one other letter and another length.
const RESTLESS = `
const { writeFileSync } = require('node:fs')
for (let turn = 0; ; turn++) {
  writeFileSync(process.argv[1], 'abc'[turn % 3].repeat(200_000 + 1000 * (turn % 5)))
  if (turn === 0) require('node:fs').writeSync(1, 'began')
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, turn % 7)
}
`

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
rmSync(outDir, { recursive: true, force: true })
`
