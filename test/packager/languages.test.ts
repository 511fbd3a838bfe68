import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Fn, Machine } from '../../src/kit/src/index.ts'
import type { PackRequest } from '../../src/packager/pack.ts'
import { has } from '../peers.ts'
import { customOf, fnOf, type Given, mistakesOf, type Project, packProject, serviceOf, useProjects } from './project.ts'
import { readZip, unpack } from './unzip.ts'

const project = useProjects()
const HERE: Machine = { os: process.platform, arch: process.arch }

function on(machine: Machine, program?: string): Partial<PackRequest> {
  return { platform: { machineOf: () => machine, programOf: () => program } }
}

async function namesOf(made: Project, functions: readonly Fn[], more: Partial<PackRequest> = {}): Promise<string[]> {
  await packProject(made, serviceOf(functions), more)
  return [...(await readZip(join(made.outDir, 'shop.zip'))).keys()]
}

const MAIN = `package main

import "os"

func main() { os.Stdout.WriteString("hello from go") }
`
const GO = { 'go.mod': 'module example.com/shop\n\ngo 1.19\n', 'main.go': MAIN, 'data.txt': 'x' }

describe.runIf(has('go'))('a service in Go', { timeout: 300_000 }, () => {
  it('is built for the machine of the platform, without its source', async () => {
    const made = project(GO)
    expect(await namesOf(made, [customOf('web')], on(HERE))).toEqual(['bootstrap', 'data.txt'])
    const folder = await unpack(join(made.outDir, 'shop.zip'), join(made.outDir, 'unpacked'))
    expect(execFileSync(join(folder, 'bootstrap'), { encoding: 'utf8' })).toBe('hello from go')
  })

  it('gives the same bytes in another folder, and others for another processor', async () => {
    const digests = await Promise.all(
      ['x64', 'x64', 'arm64'].map(async (arch) => {
        const made = project(GO)
        const { artifacts } = await packProject(made, serviceOf([customOf('web')]), on({ os: 'linux', arch }))
        return artifacts[0]?.digest
      }),
    )
    expect(digests[0]).toBe(digests[1])
    expect(digests[2]).not.toBe(digests[0])
  })

  it('is named as the platform starts it, or as the handler says', async () => {
    const go = fnOf('login', { runtime: 'go1', handler: 'main' })
    expect(await namesOf(project(GO), [go])).toContain('main')
    expect(await namesOf(project(GO), [go], on(HERE, 'bootstrap'))).toContain('bootstrap')
  })

  it('finds the program of each function in its folder, or in cmd', async () => {
    const files = { 'go.mod': GO['go.mod'], 'login/main.go': MAIN, 'cmd/list/main.go': MAIN }
    const functions = ['login', 'list'].map((name) => fnOf(name, { runtime: 'go1', handler: name }))
    const refused = mistakesOf(packProject(project(files), serviceOf(functions), on(HERE, 'bootstrap')))
    expect(await refused).toMatchObject([{ code: 'SLS4022', pointer: '/functions/list' }])
    const made = project(files)
    await packProject(made, serviceOf(functions, { individually: true }), on(HERE, 'bootstrap'))
    expect([...(await readZip(join(made.outDir, 'shop-list.zip'))).keys()]).toEqual(['bootstrap'])
  })

  it('is in the folder that the handler of a custom runtime names', async () => {
    const files = { 'go.mod': GO['go.mod'], 'cmd/web/main.go': MAIN }
    const made = project(files)
    const { diagnostics } = await packProject(made, serviceOf([customOf('web', { source: 'cmd/web' })]), on(HERE))
    expect(diagnostics).toEqual([])
    expect([...(await readZip(join(made.outDir, 'shop.zip'))).keys()]).toEqual(['bootstrap'])
  })

  it('takes a program that the user has built as it is', async () => {
    const made = project({ ...GO, bootstrap: { executable: '#!/bin/sh\nexec ./mine\n' } })
    expect(await namesOf(made, [customOf('web')])).toEqual(['bootstrap', 'data.txt', 'go.mod', 'main.go'])
  })

  it('shows a mistake at its place', async () => {
    const made = project({ ...GO, 'main.go': 'package main\n\nfunc main() { missing() }\n' })
    const [mistake] = await mistakesOf(packProject(made, serviceOf([customOf('web')])))
    expect(mistake).toMatchObject({
      code: 'SLS4022',
      message: 'undefined: missing',
      at: { file: join(made.dir, 'main.go') },
    })
    const text = readFileSync(join(made.dir, 'main.go'), 'utf8')
    expect(text.slice(mistake?.at?.start)).toMatch(/^missing/)
  })
})

describe('a service in Go without go', () => {
  it('is copied as it is, with a warning', async () => {
    const path = process.env['PATH']
    process.env['PATH'] = '/nowhere'
    try {
      const made = project({ ...GO, main: { executable: 'x' }, 'login/main.go': MAIN })
      const functions = [fnOf('login', { runtime: 'go1', handler: 'login' })]
      const { diagnostics } = await packProject(made, serviceOf(functions))
      expect(diagnostics).toMatchObject([{ code: 'SLS4022', severity: 'warning', pointer: '/functions/login' }])
      expect([...(await readZip(join(made.outDir, 'shop.zip'))).keys()]).toContain('login/main.go')
    } finally {
      process.env['PATH'] = path
    }
  })
})

const PYTHON = fnOf('login', { runtime: 'python3.11', handler: 'login.handler' })

/** A wheel, made as any tool makes one. */
function wheel(made: Project, name: string, tag: string, files: Readonly<Record<string, string>>): void {
  const info = `${name}-1.0.dist-info`
  const all = {
    ...files,
    [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n`,
    [`${info}/WHEEL`]: `Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: ${tag}\n`,
    [`${info}/entry_points.txt`]: `[console_scripts]\n${name}-tool = ${name}:main\n`,
    [`${info}/RECORD`]: '',
  }
  mkdirSync(join(made.dir, '../wheels'), { recursive: true })
  const script =
    'import sys, json, zipfile\nz = zipfile.ZipFile(sys.argv[1], "w")\n[z.writestr(n, t) for n, t in json.loads(sys.argv[2]).items()]\nz.close()'
  const path = join(made.dir, '../wheels', `${name}-1.0-${tag}.whl`)
  execFileSync('python3', ['-c', script, path, JSON.stringify(all)])
}

const REQUIREMENTS = '--no-index\n--find-links ../wheels\ngreeting\n'

function pythonProject(files: Readonly<Record<string, Given>> = {}): Project {
  return project({ 'login.py': 'import greeting', 'requirements.txt': REQUIREMENTS, ...files })
}

describe.runIf(has('pip'))('a service in Python', { timeout: 300_000 }, () => {
  it('gets the packages of requirements.txt, and nothing that is of this machine', async () => {
    const made = pythonProject()
    wheel(made, 'greeting', 'py3-none-any', { 'greeting/__init__.py': 'TEXT = "hello"\ndef main(): pass\n' })
    const names = await namesOf(made, [PYTHON])
    expect(names).toEqual([
      'greeting-1.0.dist-info/METADATA',
      'greeting-1.0.dist-info/WHEEL',
      'greeting-1.0.dist-info/entry_points.txt',
      'greeting/__init__.py',
      'login.py',
      'requirements.txt',
    ])
    const folder = await unpack(join(made.outDir, 'shop.zip'), join(made.outDir, 'unpacked'))
    const said = execFileSync('python3', ['-c', 'import login; print(login.greeting.TEXT)'], {
      cwd: folder,
      encoding: 'utf8',
    })
    expect(said).toBe('hello\n')
  })

  it('takes the wheel for the platform, not the one for this machine', async () => {
    const made = pythonProject()
    const tags = ['manylinux_2_28_aarch64', 'manylinux2014_aarch64', 'manylinux2014_x86_64', 'musllinux_1_1_x86_64']
    for (const tag of tags) wheel(made, 'greeting', `cp311-cp311-${tag}`, { 'greeting/__init__.py': tag })
    const taken = async (machine: Machine) => {
      await packProject(made, serviceOf([PYTHON]), on(machine))
      return (await readZip(join(made.outDir, 'shop.zip'))).get('greeting/__init__.py')?.bytes.toString()
    }
    expect(await taken({ os: 'linux', arch: 'x64', libc: 'glibc' })).toBe('manylinux2014_x86_64')
    expect(await taken({ os: 'linux', arch: 'arm64', libc: 'glibc' })).toBe('manylinux2014_aarch64')
    expect(await taken({ os: 'linux', arch: 'arm64', libc: 'glibc', libcVersion: '2.34' })).toBe(
      'manylinux_2_28_aarch64',
    )
    expect(await taken({ os: 'linux', arch: 'x64', libc: 'musl' })).toBe('musllinux_1_1_x86_64')
  })

  it('gives the same bytes again, and in another folder', async () => {
    const digestOf = async (made: Project) => (await packProject(made, serviceOf([PYTHON]))).artifacts[0]?.digest
    const [first, second] = [pythonProject(), pythonProject()]
    for (const made of [first, second]) wheel(made, 'greeting', 'py3-none-any', { 'greeting/__init__.py': '1' })
    const digest = await digestOf(first)
    expect(await digestOf(first)).toBe(digest)
    expect(await digestOf(second)).toBe(digest)
  })

  it('fetches again when an included file of requirements changes', async () => {
    const made = pythonProject({ 'requirements.txt': '-r base.txt\n', 'base.txt': REQUIREMENTS })
    wheel(made, 'greeting', 'py3-none-any', { 'greeting/__init__.py': '1' })
    wheel(made, 'parting', 'py3-none-any', { 'parting/__init__.py': '1' })
    expect(await namesOf(made, [PYTHON])).not.toContain('parting/__init__.py')
    made.write({ 'base.txt': `${REQUIREMENTS}parting\n` })
    expect(await namesOf(made, [PYTHON])).toContain('parting/__init__.py')
  })

  it('says what pip says when there is no wheel, and leaves nothing behind', async () => {
    const made = pythonProject()
    mkdirSync(join(made.dir, '../wheels'))
    expect(await mistakesOf(packProject(made, serviceOf([PYTHON])))).toMatchObject([
      {
        code: 'SLS4021',
        message: 'pip cannot install requirements.txt for Python 3.11 on linux x64',
        notes: [{ message: expect.stringContaining('No matching distribution found for greeting') }],
      },
    ])
    wheel(made, 'greeting', 'py3-none-any', { 'greeting/__init__.py': '1' })
    expect(await namesOf(made, [PYTHON])).toContain('greeting/__init__.py')
  })
})

describe('the files of a service in Python', () => {
  it('are those of the user: no caches, no environments', async () => {
    const made = project({
      'login.py': '',
      'pkg/__pycache__/a.cpython-311.pyc': '',
      'old.pyc': '',
      'env/pyvenv.cfg': '',
      'env/lib/site.py': '',
      'pkg/.venv/pyvenv.cfg': '',
      'pkg/env.py': '',
    })
    symlinkSync('/usr/bin/env', join(made.dir, 'env', 'python'))
    expect(await namesOf(made, [PYTHON])).toEqual(['login.py', 'pkg/env.py'])
  })

  it('are copied with a warning when there is no pip', async () => {
    const path = process.env['PATH']
    process.env['PATH'] = '/nowhere'
    try {
      const { diagnostics } = await packProject(pythonProject(), serviceOf([PYTHON]))
      expect(diagnostics).toMatchObject([{ code: 'SLS4021', severity: 'warning' }])
    } finally {
      process.env['PATH'] = path
    }
  })

  it('of two versions of Python do not share an artifact', async () => {
    const other = fnOf('list', { runtime: 'python3.12', handler: 'list.handler' })
    expect(await mistakesOf(packProject(pythonProject(), serviceOf([PYTHON, other])))).toMatchObject([
      { code: 'SLS4021', pointer: '/functions/list/runtime' },
    ])
  })
})
