import { join, relative, sep } from 'node:path'
import { type BundleOptions, type Diagnostic, SlsError } from '@anyfaas/kit'
import type { BuildOptions, BuildResult, Plugin } from 'esbuild'
import { bundlerDiagnostics, isBuildFailure } from './bundler-diagnostics.ts'
import { type BundledFile, toCommonJs } from './common-js.ts'
import { decoratorsOf } from './decorator-metadata.ts'
import { type ModuleWords, moduleWords } from './module-words.ts'
import type { Build } from './rebuilder.ts'

export interface BundleRequest {
  /** Real path. Names of outputs and places of mistakes are relative to it. */
  readonly serviceDir: string
  /**
   * Where the outputs will lie, when that is not the service folder; their code then believes to be in the service
   * folder all the same. Nothing is written.
   */
  readonly outDir?: string
  readonly inputs: readonly BundleInput[]
  readonly options: BundleOptions
  readonly format: 'cjs' | 'esm'
  /** Of every output; it says how Node reads the file where it will lie. */
  readonly extension: '.js' | '.cjs' | '.mjs'
  /** As esbuild names it, such as `node20`. */
  readonly target: string
  readonly plugin: Plugin
  /** Whether source maps hold the sources themselves; they name them only when missing. */
  readonly withSources?: boolean
  /** Runs esbuild where it is not run once. */
  readonly build?: Build
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
  const banner = { js: wordsOf(request).banner }
  const whole: Shape = { format, splitting: format === 'esm', banner }
  const result = await run(request, converted ? { format: 'esm', splitting: true, sourcemap: 'inline' } : whole)
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

type Shape = Pick<BuildOptions, 'format' | 'splitting' | 'sourcemap' | 'banner'>

function wordsOf({ serviceDir, outDir, format }: BundleRequest): ModuleWords {
  return moduleWords(format, outDir === undefined ? undefined : { from: outDir, to: serviceDir })
}

async function run(request: BundleRequest, shape: Shape): Promise<BuildResult> {
  const { serviceDir, outDir = serviceDir, inputs, options, extension, target, plugin } = request
  const build = request.build ?? (await import('esbuild')).build
  const { areOlder, metadata } = decoratorsOf(serviceDir)
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
      keepNames: options.minify === true || areOlder,
      define: wordsOf(request).define,
      sourcemap: 'linked',
      sourcesContent: request.withSources === true,
      logLevel: 'silent',
      plugins: [plugin, metadata ?? []].flat(),
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
  const { banner } = wordsOf(request)
  try {
    const settings = {
      minify: options.minify === true,
      sourcemap: options.sourcemap !== false,
      withSources: request.withSources === true,
      target,
      banner,
    }
    const parts = files.map((file) => (file.name.endsWith(extension) ? toCommonJs(file, settings) : [file]))
    return (await Promise.all(parts)).flat()
  } catch (cause) {
    // Such as an await at the top: told again at its place in the source, not in what was made of it.
    await run(request, { format: 'cjs' })
    throw cause
  }
}

function nameIn(folder: string, path: string): string {
  return relative(folder, path).split(sep).join('/')
}
