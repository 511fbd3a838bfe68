import { extname } from 'node:path'
import type { Loader, Message } from 'esbuild'
import type { CompilerOptions, Typescript } from './typescript.ts'

/** A decorated file as JavaScript, in the module system that its source is written in. */
export interface Decorated {
  readonly result: { readonly contents: string; readonly loader: Loader }
  /** The source map, as JSON. */
  readonly map: string
  /** False when it would be another one if a module were there that is not. */
  readonly isCertain: boolean
}

/** Whether a module that a file imports is there. */
export type Resolves = (name: string) => Promise<boolean>

/** Undefined where nothing is decorated, or where esbuild tells better what is wrong; else why the compiler does not compile. */
export type DecoratedCompiler = (
  source: string,
  path: string,
  resolves: Resolves,
) => Promise<Decorated | { readonly why: string } | undefined>

export function decoratedCompiler(typescript: Typescript, given: CompilerOptions): DecoratedCompiler {
  const { ES2020 } = typescript.ScriptTarget
  const { CommonJS, ESNext } = typescript.ModuleKind
  const compilerOptions = {
    ...given,
    // Older classes cannot extend those that esbuild leaves as they are.
    target: Math.max(Number(given['target'] ?? 0), ES2020),
    esModuleInterop: true,
    jsx: typescript.JsxEmit.Preserve,
    sourceMap: true,
    inlineSources: true,
  }
  return async (source, path, resolves) => {
    // esbuild sees how a module is asked for, and takes the variant that is made for it.
    const module = ONLY_COMMON_JS.test(source) ? CommonJS : ESNext
    const {
      outputText,
      sourceMapText = '',
      diagnostics = [],
    } = typescript.transpileModule(source, {
      compilerOptions: { ...compilerOptions, module },
      fileName: path,
      reportDiagnostics: true,
    })
    const options = diagnostics.find(({ start }) => start === undefined)
    if (options) return { why: typescript.flattenDiagnosticMessageText(options.messageText, ' ') }
    // esbuild finds the same mistake, and shows its line; or the sign stood in a comment or a text.
    if (diagnostics.length > 0 || !outputText.includes('__decorate')) return undefined
    const { text, isCertain } = await withTypes(typescript, outputText, { path, resolves })
    const link = `//# sourceMappingURL=data:application/json;base64,${Buffer.from(sourceMapText).toString('base64')}`
    const contents = `${text.replace(/\/\/# sourceMappingURL=.*\s*$/, '')}${link}\n`
    // The compiler cannot know which names are only types; what nobody asks for by value esbuild leaves out of TypeScript.
    return { result: { contents, loader: extname(path).endsWith('x') ? 'tsx' : 'ts' }, map: sourceMapText, isCertain }
  }
}

/** Whether a doubt concerns a type that no module exports: that is how the compiler asks for all of them. */
export function isOfTypes({ id, location }: Message): boolean {
  return id === 'import-is-undefined' && METADATA.test(location?.lineText ?? '')
}

// What modules of ECMAScript cannot say.
const ONLY_COMMON_JS = /^\s*(?:export\s*=|(?:export\s+)?import\s+[\w$]+\s*=\s*require\s*\()/m

// The compiler writes one on each line: `typeof (_a = typeof Cats !== "undefined" && Cats) === "function" ? _a : Object`.
const METADATA = /^\s*__metadata\("design:/
const ASKED = /(?<=typeof )[\p{ID_Start}$_][\p{ID_Continue}$]*(?= !== "undefined" && )/gu

interface Imported {
  readonly module: string
  /** Of the module; undefined for all that it exports. */
  readonly name: string | undefined
  /** Where the statement ends. */
  readonly end: number
}

interface Place {
  readonly path: string
  readonly resolves: Resolves
}

// A name that turns out to be an interface cannot be imported, but it can be asked for among all that its module exports. What is
// declared only, without a module, is no more than a type either.
async function withTypes(
  typescript: Typescript,
  text: string,
  { path, resolves }: Place,
): Promise<{ text: string; isCertain: boolean }> {
  const asked = new Set(text.split('\n').flatMap((line) => (METADATA.test(line) ? line.match(ASKED) : null) ?? []))
  if (asked.size === 0) return { text, isCertain: true }
  const needed = [...importsOf(typescript, text, path)].filter(([name]) => asked.has(name))
  const modules = new Map(needed.map(([, { module }], at) => [module, `__slsTypes${at}`]))
  const missing = new Set<string>()
  for (const module of modules.keys()) if (!(await resolves(module))) missing.add(module)
  const instead = new Map<string, string>()
  const inserted = new Map<number, string>()
  for (const [own, { module, name, end }] of needed) {
    const all = modules.get(module) ?? ''
    if (missing.has(module)) instead.set(own, '(void 0)')
    else if (name !== undefined) {
      instead.set(own, `${all}[${JSON.stringify(name)}]`)
      inserted.set(end, ` import * as ${all} from ${JSON.stringify(module)};`)
    }
  }
  const spread = [...inserted].sort(([a], [b]) => b - a)
  // Behind the statement: modules are run in the same order, and no line moves.
  const whole = spread.reduce((made, [end, more]) => made.slice(0, end) + more + made.slice(end), text)
  const lines = whole.split('\n').map((line) => (METADATA.test(line) ? replaceNames(line, instead) : line))
  return { text: lines.join('\n'), isCertain: missing.size === 0 }
}

function importsOf(typescript: Typescript, text: string, path: string): Map<string, Imported> {
  const { statements } = typescript.createSourceFile(path, text, typescript.ScriptTarget.ES2020)
  const found = new Map<string, Imported>()
  for (const { importClause, moduleSpecifier, end } of statements) {
    if (!importClause || moduleSpecifier?.text === undefined) continue
    const module = moduleSpecifier.text
    const { name, namedBindings } = importClause
    if (name) found.set(name.text, { module, name: 'default', end })
    if (namedBindings?.name) found.set(namedBindings.name.text, { module, name: undefined, end })
    for (const element of namedBindings?.elements ?? [])
      found.set(element.name.text, { module, name: (element.propertyName ?? element.name).text, end })
  }
  return found
}

function replaceNames(line: string, instead: ReadonlyMap<string, string>): string {
  return line.replace(
    /(?<![\p{ID_Continue}$."])[\p{ID_Start}$_][\p{ID_Continue}$]*/gu,
    (name) => instead.get(name) ?? name,
  )
}
