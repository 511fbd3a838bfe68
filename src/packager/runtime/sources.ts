import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { extname, join, relative } from 'node:path'

/** Where TypeScript lies, and the JavaScript that it was compiled to. */
export interface Compiled {
  readonly from: string
  readonly to: string
}

/**
 * Lets `require` take TypeScript of a folder, by what it was compiled to. Each file keeps its own path, so that what
 * it finds beside itself is there; the framework sees that sources run and looks for them.
 */
export function runCompiled({ from, to }: Compiled): void {
  const { extensions } = createRequire(__filename) as unknown as { extensions: Record<string, Extension> }
  extensions['.ts'] = (module, file) => {
    const name = relative(from, file)
    const compiled = join(to, `${name.slice(0, name.length - extname(name).length)}.js`)
    module._compile(readFileSync(compiled, 'utf8'), file)
  }
}

type Extension = (module: { _compile(code: string, file: string): void }, file: string) => void
