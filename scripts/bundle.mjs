// Makes the single-file bundles that run: `node scripts/bundle.mjs [name…]`. tsc has checked the types before.
import { mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

// Every bundle stands two folders deep, as its sources do: see "Bundles" in docs/architecture.md.
const bundles = {
  cli: { from: 'src/cli/main.ts', to: 'dist/cli/main.cjs' },
  api: { from: 'src/index.ts', to: 'dist/api/index.js', format: 'esm' },
  platform: { from: 'src/local/platform.ts', to: 'dist/local/platform.cjs' },
  worker: { from: 'src/local/worker.ts', to: 'dist/local/worker.cjs' },
  'local-runtime': { from: 'src/local/runtime/start.ts', to: 'dist/local/runtime.cjs', runtime: true },
  'local-emulator': { from: 'src/local/runtime/emulator.ts', to: 'dist/local/emulator.cjs' },
  ...plugin('aliyun', 'fc2'),
  ...plugin('aliyun', 'fc3'),
  ...plugin('aws', 'lambda'),
  ...plugin('tencent', 'scf'),
}

function plugin(name, platform) {
  const from = `plugins/${name}/src/runtime/${platform}`
  const to = `plugins/${name}/dist/${platform}`
  return {
    [`${platform}-runtime`]: { from: `${from}/start.ts`, to: `${to}/runtime.cjs`, runtime: true },
    [`${platform}-emulator`]: { from: `${from}/emulator.ts`, to: `${to}/emulator.cjs` },
  }
}

async function make(name, { from, to, format = 'cjs', runtime = false }) {
  const outfile = join(root, to)
  await mkdir(dirname(outfile), { recursive: true })
  await rm(outfile, { force: true })
  const result = await build({
    entryPoints: [join(root, from)],
    outfile,
    bundle: true,
    format,
    platform: 'node',
    // What ships in artifacts has to run on the oldest Node that a platform still manages.
    target: runtime ? 'node16' : 'node20',
    // The contract and the runtime are bundled from their sources; plugins and esbuild stay packages.
    conditions: ['@anyfaas/source'],
    external: ['esbuild', '@anyfaas/aliyun', '@anyfaas/aws', '@anyfaas/tencent'],
    minify: true,
    keepNames: false,
    sourcemap: runtime ? false : 'linked',
    sourcesContent: false,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    ...(format === 'cjs' && {
      define: { 'import.meta.url': '__importMetaUrl' },
      banner: { js: "const __importMetaUrl=require('node:url').pathToFileURL(__filename).href;" },
    }),
    ...(runtime && { define: {}, banner: {} }),
  })
  return {
    name,
    to,
    inputs: Object.keys(result.metafile.inputs),
    bytes: Object.values(result.metafile.outputs).at(-1).bytes,
  }
}

const wanted = process.argv.slice(2)
const names = wanted.length > 0 ? wanted : Object.keys(bundles)
const made = await Promise.all(names.map((name) => make(name, bundles[name])))
for (const { to, bytes } of made) console.log(`${(bytes / 1024).toFixed(1).padStart(8)} KB  ${to}`)
