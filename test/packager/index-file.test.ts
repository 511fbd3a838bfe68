import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { COLUMNS, KEY_BYTES, readIndex, writeIndex } from '../../src/packager/cache/index-file.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'

const folder = mkdtempSync(join(tmpdir(), 'sls-index-'))
afterAll(() => removeFolder(folder))

const index = (names: readonly string[]) => ({
  ...{ format: 'f', run: 3, packs: [{ name: 'a.pack', bytes: 7 }], names },
  numbers: Float64Array.from({ length: names.length * COLUMNS }, (_, at) => at),
  keys: Uint8Array.from({ length: names.length * KEY_BYTES }, (_, at) => at),
})

describe('an index', () => {
  it.each([
    ['nothing', []],
    ['more names than are written at once', Array.from({ length: 2500 }, (_, at) => `/srv/${at}\0${at}`)],
  ])('is read as it was written, with %s in it', async (_, names) => {
    const path = join(folder, 'pieces')
    await writeIndex(path, index(names))
    const { keys = [], ...read } = readIndex(path, 'f') ?? {}
    expect({ ...read, keys: Uint8Array.from(keys) }).toMatchObject(index(names))
    expect(readIndex(path, 'another')).toBeUndefined()
  })

  it('is none when it has other names than rows, though its check is right', async () => {
    const path = join(folder, 'short')
    await writeIndex(path, index(['one', 'two']))
    const bytes = readFileSync(path).subarray(0, -4)
    const one = Buffer.from(bytes.toString('latin1').replace('one\0\0two', 'one\0two\0'), 'latin1')
    const check = Buffer.alloc(4)
    check.writeUInt32LE(crc32(one))
    writeFileSync(path, Buffer.concat([one, check]))
    expect(readIndex(path, 'f')).toBeUndefined()
  })
})
