// Writes every generated file: `node scripts/gen.mjs`; with --check it only says which ones are stale.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { generateCliDocs } from './gen-cli-docs.mjs'
import { generatePortability } from './gen-portability.mjs'
import { generateProviders } from './gen-providers.mjs'
import { generateReference } from './gen-reference.mjs'
import { generateSchema } from './gen-schema.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const check = process.argv.includes('--check')

/** Loads a TypeScript module with what it imports. */
export async function loadTs(file) {
  const folder = await mkdtemp(join(root, 'node_modules/.gen-'))
  try {
    const outfile = join(folder, 'module.mjs')
    await build({
      entryPoints: [join(root, file)],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      packages: 'external',
      // From their sources: a build may be older.
      alias: {
        '@anyfaas/kit': join(root, 'src/kit/src/index.ts'),
        '@anyfaas/runtime': join(root, 'src/runtime/src/index.ts'),
      },
      conditions: ['@anyfaas/source'],
      logLevel: 'warning',
    })
    return await import(pathToFileURL(outfile).href)
  } finally {
    await rm(folder, { recursive: true })
  }
}

const files = {
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
