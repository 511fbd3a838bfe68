import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { drawReports, reportCorpus } from './corpus.ts'

const folder = process.env['ANYFAAS_CORPUS'] ?? join(import.meta.dirname, '../../../shared/corpus/midway')
const isHere = existsSync(folder)
if (!isHere) console.log('left out: the corpus of real service files is not at hand')

describe.skipIf(!isHere)('the corpus of real service files', () => {
  it('is normalized or refused, and nothing of it is lost on any platform', { timeout: 300_000 }, async () => {
    const reports = await reportCorpus(folder)
    const lost = reports.flatMap(({ file, lost, targets }) =>
      [
        ['reading', lost] as const,
        ...Object.entries(targets).map(([name, target]) => [name, target.lost] as const),
      ].flatMap(([stage, leaves]) => leaves.map(({ path }) => `${file} ${stage} ${path.join('/')}`)),
    )
    expect(lost).toEqual([])
    const drawn = drawReports(reports)
    const normalized = reports.filter(({ refused }) => !refused)
    expect(normalized.length, drawn).toBeGreaterThan(reports.length / 2)
    for (const { refused, file } of reports) if (refused) expect(Object.keys(refused), file).not.toEqual([])
  })
})
