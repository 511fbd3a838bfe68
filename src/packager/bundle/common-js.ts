import { basename } from 'node:path'

export interface BundledFile {
  readonly name: string
  readonly bytes: Uint8Array
}

export interface CommonJsSettings {
  readonly minify: boolean
  readonly sourcemap: boolean
  readonly withSources: boolean
  readonly target: string
  readonly banner: string
}

/** An ES module with an inline source map as a CommonJS module, and its source map beside it. */
export async function toCommonJs(file: BundledFile, settings: CommonJsSettings): Promise<BundledFile[]> {
  const { transform } = await import('esbuild')
  const { code, map } = await transform(file.bytes, {
    format: 'cjs',
    platform: 'node',
    target: settings.target,
    minify: settings.minify,
    charset: 'utf8',
    banner: settings.banner,
    sourcefile: file.name,
    sourcemap: settings.sourcemap ? 'external' : false,
    sourcesContent: settings.withSources,
    logLevel: 'silent',
    // import() of what is CommonJS now would have the whole module as its default export.
    supported: { 'dynamic-import': false },
  })
  if (!settings.sourcemap) return [{ name: file.name, bytes: Buffer.from(code) }]
  const mapName = `${file.name}.map`
  const linked = `${code}//# sourceMappingURL=${encodeURI(basename(mapName))}\n`
  return [
    { name: file.name, bytes: Buffer.from(linked) },
    { name: mapName, bytes: Buffer.from(map) },
  ]
}
