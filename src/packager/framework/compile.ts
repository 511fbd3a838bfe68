import { readFileSync } from 'node:fs'
import { relative, sep } from 'node:path'
import { type Diagnostic, error, SlsError } from '@anyfaas/kit'
import { codeOptions, projectTypescript, type Typescript, type TypescriptMistake } from '../bundle/typescript.ts'
import { isPackages } from '../files/service-files.ts'
import { readTree } from '../files/tree.ts'

export interface CompiledFile {
  /** Relative to the folder of sources, with `/`. */
  readonly name: string
  readonly bytes: Buffer
}

/** The TypeScript files of a folder, absolute. Declarations bring no code. */
export function typescriptFiles(sourceDir: string): readonly string[] {
  return readTree(sourceDir, { within: sourceDir, skip: isPackages })
    .files.map(({ path }) => path)
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
}

/**
 * Compiles every TypeScript file of a folder on its own, by the project's compiler and its settings: the framework
 * loads them one by one, and injects by the metadata of their decorators. Types are not checked. SLS4002, all mistakes at once.
 */
export function compileSources(serviceDir: string, sourceDir: string): readonly CompiledFile[] {
  const typescript = projectTypescript(serviceDir)
  const compilerOptions = {
    target: typescript.ScriptTarget.ES2020,
    ...codeOptions(typescript, serviceDir),
    module: typescript.ModuleKind.CommonJS,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    inlineSourceMap: true,
  }
  const mistakes: Diagnostic[] = []
  const files = typescriptFiles(sourceDir).map((file) => {
    const text = readFileSync(file, 'utf8')
    const made = typescript.transpileModule(text, { compilerOptions, fileName: file, reportDiagnostics: true })
    for (const mistake of made.diagnostics ?? []) mistakes.push(told(typescript, mistake, file))
    const name = relative(sourceDir, file).split(sep).join('/').replace(/\.ts$/, '.js')
    return { name, bytes: Buffer.from(made.outputText) }
  })
  if (mistakes.length > 0) throw new SlsError(mistakes)
  return files
}

function told(typescript: Typescript, { start, length, messageText }: TypescriptMistake, file: string): Diagnostic {
  const at = start === undefined ? { file, start: 0, end: 0 } : { file, start, end: start + (length ?? 0) }
  return error('SLS4002', typescript.flattenDiagnosticMessageText(messageText, ' '), { at })
}
