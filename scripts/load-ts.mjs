import { mkdtemp, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

/** The project's folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..')

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
