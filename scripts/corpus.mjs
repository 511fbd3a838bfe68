// Reads a folder of service files and says what becomes of each: `npm run corpus [folder]`. Fails when anything is lost.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { loadTs, root } from './load-ts.mjs'

const folder = resolve(process.argv[2] ?? process.env.ANYFAAS_CORPUS ?? join(root, '../shared/corpus/midway'))
if (!existsSync(folder)) {
  console.error(`no such folder: ${folder}; name one: npm run corpus FOLDER`)
  process.exit(2)
}
const { drawReports, reportCorpus } = await loadTs('test/proof/corpus.ts')
const reports = await reportCorpus(folder)
console.log(drawReports(reports))
if (
  reports.some(({ lost, targets }) => [lost, ...Object.values(targets).map((target) => target.lost)].flat().length > 0)
)
  process.exitCode = 1
