import { mkdtempSync, readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { unpack } from '../../src/local/platform/services/unpack.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'

const roots: string[] = []

afterEach(() => {
  for (const root of roots.splice(0)) removeFolder(root)
})

interface Given {
  readonly name: string
  readonly text: string
  /** As `stat` has it, type bits included. */
  readonly mode: number
}

// Whatever a foreign tool could have written, without compression.
function zip(entries: readonly Given[]): Buffer {
  const locals: Buffer[] = []
  const directory: Buffer[] = []
  for (const { name, text, mode } of entries) {
    const offset = Buffer.concat(locals).length
    const head = Buffer.alloc(26)
    head.writeUInt16LE(20, 0)
    head.writeUInt32LE(crc32(text), 10)
    head.writeUInt32LE(Buffer.byteLength(text), 14)
    head.writeUInt32LE(Buffer.byteLength(text), 18)
    head.writeUInt16LE(Buffer.byteLength(name), 22)
    locals.push(Buffer.from('PK\x03\x04'), head, Buffer.from(name + text))
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE((mode << 16) >>> 0, 6)
    tail.writeUInt32LE(offset, 10)
    directory.push(Buffer.from('PK\x01\x02'), Buffer.from([20, 3]), head, tail, Buffer.from(name))
  }
  const [files, central] = [Buffer.concat(locals), Buffer.concat(directory)]
  const end = Buffer.alloc(18)
  end.writeUInt16LE(entries.length, 4)
  end.writeUInt16LE(entries.length, 6)
  end.writeUInt32LE(central.length, 8)
  end.writeUInt32LE(files.length, 12)
  return Buffer.concat([files, central, Buffer.from('PK\x05\x06'), end])
}

async function unpacked(bytes: Buffer): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), 'sls-unpack-'))
  roots.push(root)
  writeFileSync(join(root, 'a.zip'), bytes)
  const folder = mkdtempSync(join(root, 'out-'))
  await unpack(join(root, 'a.zip'), folder)
  return folder
}

test('files come out with their folders, exec bits and links', async () => {
  const folder = await unpacked(
    zip([
      { name: 'bootstrap', text: '#!/bin/sh', mode: 0o100755 },
      { name: 'lib/', text: '', mode: 0o040755 },
      { name: 'lib/deep/a.js', text: 'a', mode: 0o100644 },
      { name: 'bin/a', text: '../lib/deep/a.js', mode: 0o120777 },
    ]),
  )
  expect(readdirSync(folder, { recursive: true }).sort()).toEqual([
    'bin',
    'bin/a',
    'bootstrap',
    'lib',
    'lib/deep',
    'lib/deep/a.js',
  ])
  expect(statSync(join(folder, 'bootstrap')).mode & 0o777).toBe(0o755)
  expect(statSync(join(folder, 'lib/deep/a.js')).mode & 0o777).toBe(0o644)
  expect([readlinkSync(join(folder, 'bin/a')), readFileSync(join(folder, 'bin/a'), 'utf8')]).toEqual([
    '../lib/deep/a.js',
    'a',
  ])
})

test('nothing reaches out of the folder', async () => {
  const file = { text: 'x', mode: 0o100644 }
  for (const name of ['../up', 'a/../../up', '/etc/up'])
    await expect(unpacked(zip([{ name, ...file }]))).rejects.toThrow()
  for (const text of ['../up', '/etc/passwd', 'a/../../up']) {
    await expect(unpacked(zip([{ name: 'link', text, mode: 0o120777 }]))).rejects.toThrow('leads out of it')
  }
})

test('what is no zip is refused', async () => {
  const whole = zip([{ name: 'a', text: 'text', mode: 0o100644 }])
  for (const bytes of [Buffer.alloc(0), Buffer.from('no zip'), whole.subarray(0, -4)]) {
    await expect(unpacked(bytes)).rejects.toThrow('SLS7002: the artifact cannot be unpacked')
  }
})
