import { join, relative, sep } from 'node:path'
import { type BundleOptions, type Diagnostic, SlsError } from '@anyfaas/kit'
import type { BuildOptions, BuildResult, Plugin } from 'esbuild'
import { bundlerDiagnostics, isBuildFailure } from './bundler-diagnostics.ts'
import { type BundledFile, toCommonJs } from './common-js.ts'

export interface BundleRequest {
  /** Real path. Names of outputs and places of mistakes are relative to it. */
  readonly serviceDir: string
  /** Where the outputs will lie, for source maps; the service folder when missing. Nothing is written. */
  readonly outDir?: string
  readonly inputs: readonly BundleInput[]
  readonly options: BundleOptions
  readonly format: 'cjs' | 'esm'
  /** Of every output; it says how Node reads the file where it will lie. */
  readonly extension: '.js' | '.cjs' | '.mjs'
  /** As esbuild names it, such as `node20`. */
  readonly target: string
  readonly plugin: Plugin
}

export interface BundleInput {
  readonly path: string
  /** Name of the output without its extension. It lies where its source does, so that `__dirname` keeps its meaning. */
  readonly out: string
}

export interface Bundle {
  readonly files: readonly BundledFile[]
  /** Absolute paths of what was read. */
  readonly inputs: readonly string[]
  /** Doubts of the bundler. */
  readonly diagnostics: readonly Diagnostic[]
}

/** The folder of what several bundles share. */
export const CHUNKS = 'sls_chunks'

/**
 * Bundles modules with what they import. What several of them import is there once, as it is without a bundler: a
 * connection that one module opens is the one that another uses. SLS4002, all mistakes at once, when it cannot be done.
 */
export async function bundle(request: BundleRequest): Promise<Bundle> {
  const { serviceDir, inputs, format } = request
  // esbuild shares code between ES modules only.
  const converted = format === 'cjs' && inputs.length > 1
  const result = await run(request, converted ? SHARED_CJS : format === 'esm' ? SHARED_ESM : SINGLE_CJS)
  const outDir = request.outDir ?? serviceDir
  const files = (result.outputFiles ?? []).map(({ path, contents }) => ({
    name: nameIn(outDir, path),
    bytes: contents,
  }))
  return {
    files: converted ? await convert(files, request) : files,
    inputs: Object.keys(result.metafile?.inputs ?? {}).map((input) => join(serviceDir, input)),
    diagnostics: bundlerDiagnostics(result.warnings, 'warning', serviceDir),
  }
}

type Shape = Pick<BuildOptions, 'format' | 'splitting' | 'sourcemap' | 'define' | 'banner'>

const FROM_META = {
  'import.meta.url': '__slsUrl',
  'import.meta.filename': '__filename',
  'import.meta.dirname': '__dirname',
}
const CJS_BANNER = "const __slsUrl = require('node:url').pathToFileURL(__filename).href;"

// Each module system lacks words of the other, and sources and their packages use both. The names are our own, so that
// nothing in a module can clash with them; `require` esbuild itself keeps free.
const ESM_BANNER = [
  "import { createRequire as __slsCreateRequire } from 'node:module';",
  "import { fileURLToPath as __slsFileUrlToPath } from 'node:url';",
  'const require = __slsCreateRequire(import.meta.url);',
  'const __slsFilename = __slsFileUrlToPath(import.meta.url);',
  "const __slsDirname = __slsFileUrlToPath(new URL('.', import.meta.url)).slice(0, -1);",
].join(' ')

const SINGLE_CJS: Shape = { format: 'cjs', define: FROM_META, banner: { js: CJS_BANNER } }
const SHARED_CJS: Shape = { format: 'esm', splitting: true, sourcemap: 'inline', define: FROM_META }
const SHARED_ESM: Shape = {
  format: 'esm',
  splitting: true,
  define: { __filename: '__slsFilename', __dirname: '__slsDirname' },
  banner: { js: ESM_BANNER },
}

async function run(request: BundleRequest, shape: Shape): Promise<BuildResult> {
  const { serviceDir, outDir = serviceDir, inputs, options, extension, target, plugin } = request
  const { build } = await import('esbuild')
  try {
    return await build({
      absWorkingDir: serviceDir,
      entryPoints: inputs.map(({ path, out }) => ({ in: path, out })),
      outdir: outDir,
      outExtension: { '.js': extension },
      chunkNames: `${CHUNKS}/[hash]`,
      assetNames: '[dir]/[name]',
      loader: { '.node': 'copy' },
      bundle: true,
      write: false,
      metafile: true,
      platform: 'node',
      target,
      charset: 'utf8',
      minify: options.minify === true,
      // Names of classes are data for object mappers and injectors.
      keepNames: options.minify === true,
      sourcemap: 'linked',
      sourcesContent: false,
      logLevel: 'silent',
      plugins: [plugin],
      ...shape,
      ...(options.sourcemap === false && { sourcemap: false }),
    })
  } catch (cause) {
    if (!isBuildFailure(cause)) throw cause
    throw new SlsError(bundlerDiagnostics(cause.errors, 'error', serviceDir), { cause })
  }
}

async function convert(files: readonly BundledFile[], request: BundleRequest): Promise<BundledFile[]> {
  const { options, target, extension } = request
  try {
    const settings = {
      minify: options.minify === true,
      sourcemap: options.sourcemap !== false,
      target,
      banner: CJS_BANNER,
    }
    const parts = files.map((file) => (file.name.endsWith(extension) ? toCommonJs(file, settings) : [file]))
    return (await Promise.all(parts)).flat()
  } catch (cause) {
    // Such as an await at the top: told again at its place in the source, not in what was made of it.
    await run(request, SINGLE_CJS)
    throw cause
  }
}

function nameIn(folder: string, path: string): string {
  return relative(folder, path).split(sep).join('/')
}
