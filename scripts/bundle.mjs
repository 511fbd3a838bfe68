// Makes the single-file bundles that run: `node scripts/bundle.mjs [name…]`. tsc has checked the types before.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
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
if (wanted.length === 0) await writeLicences(made.flatMap(({ inputs }) => inputs))
for (const { to, bytes } of made) console.log(`${(bytes / 1024).toFixed(1).padStart(8)} KB  ${to}`)

// What is bundled keeps its licence: one file for all bundles.
async function writeLicences(inputs) {
  const packages = new Set(inputs.flatMap((input) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? []))
  const texts = []
  for (const name of [...packages].sort()) {
    const folder = join(root, 'node_modules', name)
    const { version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry))
    if (!file) throw new Error(`${name} is bundled and has no licence file`)
    texts.push(`${name} ${version} (${license})\n\n${(await readFile(join(folder, file), 'utf8')).trim()}\n`)
  }
  await writeFile(join(root, 'dist/THIRD-PARTY.txt'), texts.join(`\n${'-'.repeat(80)}\n\n`))
}
