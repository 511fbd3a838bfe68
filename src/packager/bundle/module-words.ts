/** What esbuild needs so that each module system knows the words of the other: sources and their packages use both. */
export interface ModuleWords {
  readonly define: Readonly<Record<string, string>>
  /** Goes before each output. Its names are our own, so that nothing in a module can clash with them. */
  readonly banner: string
}

/** Outputs that lie in one folder and stand for files of another, in which code is to believe itself. */
export interface Moved {
  readonly from: string
  readonly to: string
}

export function moduleWords(format: 'cjs' | 'esm', moved?: Moved): ModuleWords {
  if (format === 'cjs') return moved ? { define: ALL, banner: `${file('__filename', moved)} ${REST}` } : CJS
  const head = `${IMPORTS} ${file('__slsFileUrlToPath(import.meta.url)', moved)}`
  return { define: moved ? ALL : PATHS, banner: `${head} ${REST}` }
}

const PATHS = { __filename: '__slsFilename', __dirname: '__slsDirname' }
const ALL = {
  ...PATHS,
  'import.meta.url': '__slsUrl',
  'import.meta.filename': '__slsFilename',
  'import.meta.dirname': '__slsDirname',
}

const CJS: ModuleWords = {
  define: { 'import.meta.url': '__slsUrl', 'import.meta.filename': '__filename', 'import.meta.dirname': '__dirname' },
  banner: "const __slsUrl = require('node:url').pathToFileURL(__filename).href;",
}

// `require` as a name of the whole module is what esbuild itself keeps free.
const IMPORTS = [
  "import { createRequire as __slsCreateRequire } from 'node:module';",
  "import { fileURLToPath as __slsFileUrlToPath } from 'node:url';",
  'const require = __slsCreateRequire(import.meta.url);',
].join(' ')

const REST = [
  "const __slsDirname = require('node:path').dirname(__slsFilename);",
  "const __slsUrl = require('node:url').pathToFileURL(__slsFilename).href;",
].join(' ')

function file(own: string, moved: Moved | undefined): string {
  const path = moved ? `${JSON.stringify(moved.to)} + ${own}.slice(${moved.from.length})` : own
  return `const __slsFilename = ${path};`
}
