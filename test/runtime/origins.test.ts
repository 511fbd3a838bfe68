import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { atOrigins } from '../../src/runtime/src/origins.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'

describe('the lines of a stack', () => {
  it.each(['sale.ts', '100%.ts', 'a%20b.ts', 'größe.ts'])('lead to a source of whatever name: %s', (name) => {
    const dir = mkdtempSync(join(tmpdir(), 'anyfaas-origins-'))
    try {
      const code = join(dir, 'code.js')
      writeFileSync(code, 'throw 1\n//# sourceMappingURL=code.js.map\n')
      writeFileSync(`${code}.map`, JSON.stringify({ version: 3, sources: [name], names: [], mappings: 'AAAA' }))
      const shown = name === 'a%20b.ts' ? 'a b.ts' : name
      expect(atOrigins([`    at f (${code}:1:1)`])).toEqual([`    at f (${join(dir, shown)}:1:1)`])
    } finally {
      removeFolder(dir)
    }
  })
})
