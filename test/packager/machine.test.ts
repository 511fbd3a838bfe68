import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import type { Machine } from '../../src/kit/src/index.ts'
import { withBytes } from '../../src/packager/machine/bytes.ts'
import { readProgram } from '../../src/packager/machine/executable.ts'
import { checkAddons } from '../../src/packager/machine/native-code.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'
import { has } from '../peers.ts'
import { customOf, fnOf, HANDLER, mistakesOf, packProject, serviceOf, useProjects } from './project.ts'

const LINUX: Machine = { os: 'linux', arch: 'x64', libc: 'glibc', libcVersion: '2.34' }
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sls-machine-')))
afterAll(() => removeFolder(folder))

function readFile(path: string) {
  return withBytes({ path }, readProgram)
}

/** The smallest Mach-O and PE heads that name a machine. */
function machO(cpu: number): Buffer {
  const head = Buffer.alloc(64)
  head.writeUInt32LE(0xfeedfacf, 0)
  head.writeUInt32LE(cpu, 4)
  return head
}

function pe(machine: number): Buffer {
  const file = Buffer.alloc(128)
  file.write('MZ')
  file.writeUInt32LE(64, 60)
  file.writeUInt32LE(0x4550, 64)
  file.writeUInt16LE(machine, 68)
  return file
}

const MAC = machO(0x0100000c)

function addons(files: Readonly<Record<string, Buffer>>, machine = LINUX): string[] {
  const entries = Object.entries(files).map(([name, bytes]) => [name, { name, source: { bytes } }] as const)
  return checkAddons(new Map(entries), machine).map(({ message }) => /"([^"]+)"/.exec(message)?.[1] ?? '')
}

describe('a file of machine code', () => {
  it('says its system and processor: this very Node.js', () => {
    const program = readFile(process.execPath)
    expect(program).toMatchObject({ os: process.platform })
    expect(program?.archs).toContain(process.arch)
  })

  it.runIf(process.platform === 'linux')('says what it wants of the C library, as the dynamic linker reads it', () => {
    const program = readFile(process.execPath)
    const wanted = [...readFileSync(process.execPath, 'latin1').matchAll(/\0GLIBC_(2\.\d+)(?=\0)/g)].map(([, v]) => v)
    expect(program?.libc).toMatch(/^(glibc|musl)$/)
    if (program?.libc === 'glibc') expect(wanted).toContain(program.libcVersion)
  })

  it('is read from macOS and Windows too', () => {
    const universal = Buffer.alloc(64)
    universal.writeUInt32BE(0xcafebabe, 0)
    universal.writeUInt32BE(2, 4)
    universal.writeUInt32BE(0x01000007, 8)
    universal.writeUInt32BE(0x0100000c, 28)
    const read = (bytes: Buffer) => withBytes({ bytes }, readProgram)
    expect(read(MAC)).toEqual({ os: 'darwin', archs: ['arm64'] })
    expect(read(universal)).toEqual({ os: 'darwin', archs: ['x64', 'arm64'] })
    expect(read(pe(0x8664))).toEqual({ os: 'win32', archs: ['x64'] })
    expect(read(Buffer.from('#!/bin/sh\nexec node server.js\n'))).toBeUndefined()
  })

  const go = has('go')
  it.runIf(go)('is what Go says that it built', { timeout: 300_000 }, () => {
    const out = join(folder, 'program')
    writeFileSync(join(folder, 'main.go'), 'package main\nfunc main() {}\n')
    const env = { ...process.env, GOOS: 'linux', GOARCH: 'arm64', CGO_ENABLED: '0' }
    execFileSync('go', ['build', '-o', out, join(folder, 'main.go')], { env })
    expect(readFile(out)).toEqual({ os: 'linux', archs: ['arm64'] })
  })

  it('never fails or hangs for damaged bytes', () => {
    const node = readFileSync(process.execPath).subarray(0, 1 << 16)
    const edits = fc.array(fc.tuple(fc.nat(2048), fc.nat(255)), { minLength: 1, maxLength: 24 })
    fc.assert(
      fc.property(edits, fc.nat(1 << 16), (changes, length) => {
        const bytes = Buffer.from(node.subarray(0, length))
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value
        withBytes({ bytes }, readProgram)
      }),
      { seed: 7, numRuns: 500 },
    )
  })
})

describe('native addons', () => {
  it('for another system are said, with the way to the right ones', () => {
    const files = new Map([['a', { name: 'node_modules/@x/db/build/Release/db.node', source: { bytes: MAC } }]])
    expect(checkAddons(files, LINUX)).toMatchObject([
      {
        code: 'SLS4020',
        severity: 'warning',
        message: expect.stringContaining('is for darwin arm64; the function runs on linux x64 with glibc 2.34'),
        help: [
          'npm install --os=linux --cpu=x64 --libc=glibc --force @x/db',
          expect.stringContaining('npm rebuild @x/db --platform=linux --arch=x64'),
        ],
      },
    ])
  })

  it.runIf(process.platform === 'linux')('are fine when one of the variants fits', () => {
    const elf = readFileSync(process.execPath).subarray(0, 1 << 20)
    const here: Machine = { os: 'linux', arch: process.arch }
    const both = (name: string) => ({ [name]: MAC, [name.replaceAll('darwin-arm64', `linux-${process.arch}`)]: elf })
    expect(addons(both('node_modules/@img/sharp-darwin-arm64/lib/sharp-darwin-arm64.node'), here)).toEqual([])
    expect(addons(both('node_modules/db/prebuilds/darwin-arm64/node.napi.node'), here)).toEqual([])
    expect(addons(both('node_modules/lightningcss-darwin-arm64/lightningcss.darwin-arm64.node'), here)).toEqual([])
    expect(addons({ 'node_modules/a/x.node': elf, 'node_modules/b/x.node': MAC }, here)).toEqual([
      'node_modules/b/x.node',
    ])
  })

  it('are fetched by the package that chooses among them', async () => {
    const project = projects({
      ...HANDLER,
      'package.json': JSON.stringify({ dependencies: { sharp: '1' } }),
      'node_modules/sharp/package.json': JSON.stringify({ optionalDependencies: { '@img/sharp-darwin-arm64': '1' } }),
      'node_modules/@img/sharp-darwin-arm64/package.json': JSON.stringify({ os: ['darwin'] }),
      'node_modules/@img/sharp-darwin-arm64/lib/sharp.node': MAC,
    })
    const { diagnostics } = await packProject(project, serviceOf([fnOf('login')]))
    expect(diagnostics).toMatchObject([
      { code: 'SLS4020', help: ['npm install --os=linux --cpu=x64 --libc=glibc --force sharp', expect.any(String)] },
    ])
  })

  it('of packages that are for another system by their nature are no matter', async () => {
    const project = projects({
      ...HANDLER,
      'package.json': JSON.stringify({ dependencies: { fsevents: '1' } }),
      'node_modules/fsevents/package.json': JSON.stringify({ os: ['darwin'] }),
      'node_modules/fsevents/fsevents.node': MAC,
      'node_modules/.package-lock.json': JSON.stringify({ packages: { 'node_modules/fsevents': {} } }),
    })
    expect((await packProject(project, serviceOf([fnOf('login')]))).diagnostics).toEqual([])
  })
})

describe('a program to start', () => {
  it('is refused when it is for another system', async () => {
    const project = projects({ bootstrap: MAC })
    expect(await mistakesOf(packProject(project, serviceOf([customOf('web')])))).toMatchObject([
      { code: 'SLS4020', severity: 'error', pointer: '/functions/web' },
    ])
  })
})

const projects = useProjects()
