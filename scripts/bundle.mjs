// Makes the single-file bundles that run: `node scripts/bundle.mjs [name…]`. tsc has checked the types before.
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { entryOf, partFile, partImports } from './parts.mjs'
import { withRequire } from './with-require.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

// The tracer brings a downloader to find addons, and packages with addons are taken whole instead; the client of Kafka brings
// readers of schemas. Its checksums are a file that it looks for beside its code, or a module.
const LEANER = {
  name: 'leaner',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^(@mapbox\/node-pre-gyp|avsc)$/ }, () => ({ path: join(root, 'scripts/nothing.cjs') }))
    onResolve({ filter: /^ajv\/dist\/2020\.js$/ }, () => ({ path: join(root, 'scripts/no-schemas.cjs') }))
    onResolve({ filter: /^@platformatic\/wasm-utils$/ }, ({ path, kind, resolveDir }) =>
      resolve(`${path}/bundled`, { kind, resolveDir }),
    )
  },
}

// Modules that several bundles import at once, and that bring a library: one bundle for all of these.
const SHARED = new Set(['src/local/nats-client.ts'])

// Every bundle stands as deep as its source does: see "Bundles" in docs/architecture.md.
const bundles = {
  kit: { from: 'src/kit/src/index.ts', to: 'src/kit/dist/index.js', format: 'esm' },
  runtime: { from: 'src/runtime/src/index.ts', to: 'src/runtime/dist/index.js', format: 'esm' },
  conformance: { from: 'src/runtime/conformance/index.ts', to: 'src/runtime/dist/conformance/index.js', format: 'esm' },
  server: { from: 'src/runtime/server/index.ts', to: 'src/runtime/dist/server/index.js', format: 'esm' },
  cli: { from: 'src/cli/main.ts', to: 'dist/cli/main.cjs' },
  api: { from: 'src/index.ts', to: 'dist/api/index.js', format: 'esm' },
  platform: { from: 'src/local/platform.ts', to: 'dist/local/platform.cjs' },
  'platform-process': { from: 'src/local/platform-process.ts', to: 'dist/local/platform-process.cjs' },
  serve: { from: 'src/local/serve.ts', to: 'dist/local/serve.cjs' },
  worker: { from: 'src/local/worker.ts', to: 'dist/local/worker.cjs' },
  framework: { from: 'src/packager/runtime/framework.ts', to: 'dist/packager/framework.cjs', ships: true },
  'local-runtime': { from: 'src/local/runtime/start.ts', to: 'dist/local/runtime.cjs', ships: true },
  'dev-entry': { from: 'src/local/dev/entry.ts', to: 'dist/local/dev/entry.cjs' },
  console: { from: 'src/console/console.ts', to: 'dist/console/console.js', browser: true },
  'console-page': { from: 'src/console/page.ts', to: 'dist/console/page.js', browser: true },
  'local-emulator': { from: 'src/local/runtime/emulator.ts', to: 'dist/local/emulator.cjs' },
  web: { from: 'src/web/host.ts', to: 'dist/web/host.cjs', ships: true },
  'pack-worker': { from: 'src/packager/work/worker.ts', to: 'dist/packager/work/worker.cjs' },
  ...plugin('aliyun', ['fc2', 'fc3']),
  ...plugin('aws', ['lambda']),
  ...plugin('tencent', ['scf']),
}

function plugin(name, platforms) {
  const folder = `plugins/${name}`
  const made = { [name]: { from: `${folder}/src/index.ts`, to: `${folder}/dist/index.cjs` } }
  for (const platform of platforms) {
    const from = `${folder}/src/runtime/${platform}`
    made[`${platform}-runtime`] = {
      from: `${from}/start.ts`,
      to: `${folder}/dist/${platform}/runtime.cjs`,
      ships: true,
    }
    made[`${platform}-emulator`] = { from: `${from}/emulator.ts`, to: `${folder}/dist/${platform}/emulator.cjs` }
  }
  return made
}

const wanted = process.argv.slice(2)
const queue = (wanted.length > 0 ? wanted : Object.keys(bundles)).map((name) => bundles[name] ?? unknown(name))
const made = new Map()
while (queue.length > 0) {
  const batch = queue.splice(0).filter(({ to }) => !made.has(to))
  for (const { to } of batch) made.set(to, undefined)
  for (const result of await Promise.all(batch.map((bundle) => (bundle.ships ? makeShipped(bundle) : make(bundle))))) {
    made.set(result.to, result)
    queue.push(...result.late)
  }
}
await mkdir(join(root, 'dist/console'), { recursive: true })
for (const name of ['index.html', 'console.css']) {
  await copyFile(join(root, 'src/console', name), join(root, 'dist/console', name))
}
if (wanted.length === 0) for (const [folder, packages] of bundledPackages()) await writeLicences(folder, packages)
for (const { to, bytes } of made.values()) console.log(`${(bytes / 1024).toFixed(1).padStart(8)} KB  ${to}`)

// A runtime and its parts; a part may open others.
async function makeShipped({ from, to }) {
  const wanted = new Map()
  const made = [await make({ paths: [join(root, from)], to, ships: true, wanted })]
  for (let before = -1; before < wanted.size; ) {
    before = wanted.size
    for (const part of new Set(wanted.values())) {
      const paths = [...wanted].filter(([, each]) => each === part).map(([path]) => path)
      made.push(await make({ paths, to: partFile(to, part), ships: true, part, wanted }))
    }
  }
  return { ...made[0], inputs: made.flatMap(({ inputs }) => inputs) }
}

async function make({ from, paths, to, format = 'cjs', ships = false, browser = false, part, wanted = new Map() }) {
  const late = []
  const result = await build({
    ...(paths
      ? { stdin: { contents: entryOf(paths).join('\n'), resolveDir: root } }
      : { entryPoints: [join(root, from)] }),
    outfile: join(root, to),
    write: false,
    bundle: true,
    format: browser ? 'esm' : format,
    platform: browser ? 'browser' : 'node',
    // What ships in artifacts has to run on the oldest Node that a platform still manages.
    target: browser ? 'es2022' : ships ? 'node16.11' : 'node20',
    ...(browser && { loader: { '.css': 'text', '.html': 'text', '.svg': 'text' } }),
    // The contract and the runtime are bundled from their sources; plugins and esbuild stay packages.
    conditions: ['@anyfaas/source'],
    // A vendor's library of all its calls: only from ES modules can those be left out that nobody uses.
    ...(to.endsWith('-clients.cjs') && {
      mainFields: ['module', 'main'],
      conditions: ['@anyfaas/source', 'module'],
    }),
    external: ['./sls_*.cjs', 'esbuild', '@anyfaas/aliyun', '@anyfaas/aws', '@anyfaas/tencent'],
    plugins: ships ? [partImports(part, wanted)] : [lateImports(dirname(to), late), LEANER],
    minify: true,
    // What is a library and nothing of ours: its map would be larger than it.
    sourcemap: ships || browser || isLibrary(to) ? false : 'linked',
    sourcesContent: false,
    legalComments: 'none',
    ...(ships && {
      banner: { js: '"use strict";' },
      // A class with fields has one function more, which a cold start would compile: constructors set what there is.
      tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
    }),
    metafile: true,
    logLevel: 'warning',
    ...(format === 'cjs' &&
      !browser &&
      !ships && {
        define: { 'import.meta.url': '__importMetaUrl' },
        banner: { js: "const __importMetaUrl=require('node:url').pathToFileURL(__filename).href;" },
      }),
  })
  await mkdir(dirname(join(root, to)), { recursive: true })
  for (const file of result.outputFiles) {
    await rm(file.path, { force: true })
    await writeFile(
      file.path,
      file.path.endsWith('.map') ? file.contents : format === 'cjs' && !browser ? withRequire(file.text) : file.text,
    )
  }
  const inputs = Object.keys(result.metafile.inputs)
  return { to, late, inputs, bytes: result.outputFiles.find(({ path }) => !path.endsWith('.map')).contents.length }
}

// A module of ours that is imported late becomes a bundle of its own, so that a command loads only what it runs.
function lateImports(outdir, late) {
  return {
    name: 'late-imports',
    setup({ onResolve }) {
      onResolve({ filter: /^\.\.?\/.*\.ts$/ }, ({ kind, path, resolveDir }) => {
        const from = relative(root, join(resolveDir, path))
        if (kind !== 'dynamic-import' && !SHARED.has(from)) return undefined
        const to = from
          .replace(/^src\//, 'dist/')
          .replace(/^(plugins\/[^/]+)\/src\//, '$1/dist/')
          .replace(/\.ts$/, '.cjs')
        late.push({ from, to })
        const way = relative(outdir, to)
        return { path: way.startsWith('.') ? way : `./${way}`, external: true }
      })
    },
  }
}

function isLibrary(to) {
  return /(-clients|\/trace)\.cjs$/.test(to)
}

// Folder of bundles -> the packages of others that they hold.
function bundledPackages() {
  const all = new Map()
  for (const { to, inputs } of made.values()) {
    const folder = /^(?:.*\/)?dist\//.exec(to)[0]
    const names = inputs.flatMap((input) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? [])
    if (names.length > 0) all.set(folder, new Set([...(all.get(folder) ?? []), ...names]))
  }
  return all
}

// What is bundled keeps its licence: one file for all bundles of a package.
async function writeLicences(folder, packages) {
  // Text -> the packages that have it.
  const texts = new Map()
  for (const name of [...packages].sort()) {
    const { version, license } = await manifestOf(name)
    const text = (await licenceOf(name, packages)).trim()
    texts.set(text, [...(texts.get(text) ?? []), `${name} ${version} (${license})`])
  }
  const parts = [...texts].map(([text, names]) => `${names.join('\n')}\n\n${text}\n`)
  await writeFile(join(root, folder, 'THIRD-PARTY.txt'), parts.join(`\n${'-'.repeat(80)}\n\n`))
}

function manifestOf(name) {
  return readFile(join(root, 'node_modules', name, 'package.json'), 'utf8').then(JSON.parse)
}

// Some of a scope's packages leave the text to the others.
async function licenceOf(name, packages) {
  const { license } = await manifestOf(name)
  const scope = name.startsWith('@') ? `${name.split('/')[0]}/` : `${name}/`
  for (const one of [name, ...[...packages].sort().filter((other) => other.startsWith(scope))]) {
    const folder = join(root, 'node_modules', one)
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry))
    if (file && (await manifestOf(one)).license === license) return await readFile(join(folder, file), 'utf8')
  }
  throw new Error(`${name} is bundled and has no licence file`)
}

function unknown(name) {
  throw new Error(`no bundle "${name}"; there are ${Object.keys(bundles).join(', ')}`)
}
