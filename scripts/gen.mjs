// Writes every generated file: `node scripts/gen.mjs`; with --check it only says which ones are stale.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { generateCliDocs } from './gen-cli-docs.mjs'
import { generateDifferences } from './gen-differences.mjs'
import { generatePortability } from './gen-portability.mjs'
import { generateProviders } from './gen-providers.mjs'
import { generateReference } from './gen-reference.mjs'
import { generateSchema } from './gen-schema.mjs'
import { generateShapes } from './gen-shapes.mjs'
import { loadTs, root } from './load-ts.mjs'

const check = process.argv.includes('--check')

const files = {
  ...generateShapes(root),
  ...(await generateDifferences(loadTs)),
  ...(await generateSchema(loadTs)),
  ...(await generateProviders(root)),
  ...(await generateReference(loadTs)),
  ...(await generateCliDocs(loadTs)),
  ...(await generatePortability(root, loadTs)),
}
let stale = 0
for (const [name, text] of Object.entries(files)) {
  const path = join(root, name)
  const old = await readFile(path, 'utf8').catch(() => undefined)
  if (old === text) continue
  stale += 1
  if (check) console.log(`stale: ${name} (run npm run gen)`)
  else {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
    console.log(`wrote ${name}`)
  }
}
if (check && stale > 0) process.exitCode = 1
