import { resolve } from 'node:path'
import type { BuildContext, BuildOptions, BuildResult } from 'esbuild'

/** Runs esbuild: once, or again and again. */
export type Build = (options: BuildOptions) => Promise<BuildResult>

/** Builds the same things again and again; what has not changed is not read again. */
export class Rebuilder {
  readonly #contexts = new Map<string, Promise<BuildContext>>()
  readonly #inputs = new Map<string, readonly string[]>()

  readonly build: Build = async (options) => {
    const { plugins = [], ...rest } = options
    // A context keeps the plugins that it was opened with; what they do is told by their names and the other options.
    const key = JSON.stringify([rest, plugins.map(({ name }) => name)])
    const context = this.#contexts.get(key) ?? open(options)
    this.#contexts.set(key, context)
    const result = await (await context).rebuild()
    const names = Object.keys(result.metafile?.inputs ?? {})
    this.#inputs.set(
      key,
      names.map((name) => resolve(options.absWorkingDir ?? '.', name)),
    )
    return result
  }

  /** Absolute paths of what the last builds that succeeded have read. */
  get inputs(): ReadonlySet<string> {
    return new Set([...this.#inputs.values()].flat())
  }

  async close(): Promise<void> {
    const contexts = [...this.#contexts.values()]
    this.#contexts.clear()
    await Promise.all(contexts.map(async (context) => await (await context).dispose()))
  }
}

async function open(options: BuildOptions): Promise<BuildContext> {
  const { context } = await import('esbuild')
  return await context(options)
}
