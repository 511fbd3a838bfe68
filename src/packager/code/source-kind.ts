import { existsSync, readFileSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'

/** How Node would run a file: TypeScript not at all, JavaScript as one of its two module systems. */
export interface SourceKind {
  readonly language: 'typescript' | 'javascript'
  readonly module: 'esm' | 'cjs'
}

/** Where handlers are looked for, in this order: TypeScript is the source of the JavaScript beside it. */
export const EXTENSIONS = ['.ts', '.mts', '.cts', '.tsx', '.js', '.mjs', '.cjs'] as const

const TYPESCRIPT: readonly string[] = ['.ts', '.mts', '.cts', '.tsx']

export function isTypescript(path: string): boolean {
  return TYPESCRIPT.includes(extname(path))
}

/** Reads the nearest package.json, and the file itself where that does not settle it. */
export function sourceKind(path: string): SourceKind {
  const extension = extname(path)
  const language = isTypescript(path) ? 'typescript' : 'javascript'
  if (extension.startsWith('.m')) return { language, module: 'esm' }
  if (extension.startsWith('.c')) return { language, module: 'cjs' }
  const declared = packageType(dirname(path))
  if (declared === 'module' || language === 'typescript')
    return { language, module: declared === 'module' ? 'esm' : 'cjs' }
  return { language, module: declared === undefined && hasModuleSyntax(readFileSync(path, 'utf8')) ? 'esm' : 'cjs' }
}

// A statement of an ES module at the start of a line. Inside a template it would be a mistake, and a harmless one:
// the file is bundled instead of copied.
function hasModuleSyntax(text: string): boolean {
  return /^(?:export\s*(?:default\b|const\b|let\b|var\b|(?:async\s+)?function\b|class\b|[{*])|import\s*(?:["'{*]|[\w$]+\s*(?:,|from\b)))/m.test(
    text,
  )
}

function packageType(from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const file = join(folder, 'package.json')
    if (existsSync(file)) return /"type"\s*:\s*"(\w+)"/.exec(readFileSync(file, 'utf8'))?.[1]
    if (dirname(folder) === folder) return undefined
  }
}
