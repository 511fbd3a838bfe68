import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type Diagnostic, error, SlsError } from '@anyfaas/kit'
import { findPackage } from '../packages/packages.ts'

/** The part of TypeScript's programming interface that compiles one file after the other. */
export interface Typescript {
  readonly version: string
  readonly sys: object
  readonly ModuleKind: { readonly CommonJS: number; readonly ESNext: number }
  readonly JsxEmit: { readonly Preserve: number }
  readonly ScriptTarget: { readonly ES2020: number }
  findConfigFile(folder: string, exists: (file: string) => boolean, name: string): string | undefined
  readConfigFile(file: string, read: (file: string) => string | undefined): { config?: unknown }
  parseJsonConfigFileContent(config: unknown, host: object, folder: string): { readonly options: CompilerOptions }
  transpileModule(
    text: string,
    options: { compilerOptions: CompilerOptions; fileName: string; reportDiagnostics: boolean },
  ): {
    readonly outputText: string
    readonly sourceMapText?: string
    readonly diagnostics?: readonly TypescriptMistake[]
  }
  createSourceFile(path: string, text: string, target: number): { readonly statements: readonly Statement[] }
  flattenDiagnosticMessageText(text: unknown, newLine: string): string
}

/** The parts of a statement that imports. */
export interface Statement {
  /** Of the text, behind it. */
  readonly end: number
  readonly moduleSpecifier?: { readonly text?: string }
  readonly importClause?: {
    readonly name?: Named
    readonly namedBindings?: {
      /** What stands for all that the module exports. */
      readonly name?: Named
      readonly elements?: readonly { readonly name: Named; readonly propertyName?: Named }[]
    }
  }
}

interface Named {
  readonly text: string
}

export type CompilerOptions = Readonly<Record<string, unknown>>

export interface TypescriptMistake {
  readonly start?: number
  readonly length?: number
  readonly messageText: unknown
}

/**
 * The compiler that the project itself has installed: decorators and their metadata come out as its own build makes
 * them. Throws SLS4002 when there is none.
 */
export function projectTypescript(serviceDir: string): Typescript {
  const folder = findPackage('typescript', serviceDir)
  if (folder === undefined) throw new SlsError(missing('TypeScript is not installed, and the classes need it'))
  const found = createRequire(join(serviceDir, 'package.json'))(folder) as Partial<Typescript>
  if (found.transpileModule) return found as Typescript
  throw new SlsError(missing(`TypeScript ${found.version ?? ''} cannot compile single files`.replace('  ', ' ')))
}

/** What the project's `tsconfig.json` says of code. What it says of paths, output and types concerns its own build. */
export function codeOptions(typescript: Typescript, serviceDir: string): CompilerOptions {
  const exists = (file: string): boolean => file.startsWith(serviceDir) && readable(file) !== undefined
  const file = typescript.findConfigFile(serviceDir, exists, 'tsconfig.json')
  const { config } = file === undefined ? { config: {} } : typescript.readConfigFile(file, readable)
  const { options } = typescript.parseJsonConfigFileContent(
    { ...(config as object), files: [], include: [] },
    typescript.sys,
    serviceDir,
  )
  return Object.fromEntries(Object.entries(options).filter(([key]) => OF_CODE.has(key)))
}

const OF_CODE: ReadonlySet<string> = new Set([
  'target',
  'esModuleInterop',
  'allowSyntheticDefaultImports',
  'useDefineForClassFields',
  'importHelpers',
  'downlevelIteration',
  'jsx',
  'jsxFactory',
  'jsxImportSource',
  'removeComments',
  'preserveConstEnums',
  'verbatimModuleSyntax',
  'alwaysStrict',
  'experimentalDecorators',
  'ignoreDeprecations',
  'emitDecoratorMetadata',
])

function readable(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

function missing(message: string): Diagnostic {
  return error('SLS4002', message, {
    pointer: '/package',
    help: [
      'npm install --save-dev typescript@5',
      'or compile by your own command to "dist", and write "bundle: false" under "package"',
    ],
  })
}
