import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isSlsError } from '@anyfaas/kit'
import { describe, expect, it } from 'vitest'
import { loadService } from '../../src/config/load.ts'
import { compileSources } from '../../src/packager/framework/compile.ts'
import { frameworkProject } from '../../src/packager/framework/project.ts'
import { folderOf } from '../config/files.ts'

const SOURCE = `@Controller('/')\nexport class Home { @Get('/') home() {} }\n`

function project(files: Readonly<Record<string, string>> = {}): string {
  return folderOf({
    'serverless.yml': 'service: shop\nprovider: local\n',
    'package.json': '{ "dependencies": { "@midwayjs/faas": "^2.0.0" } }',
    'src/home.ts': SOURCE,
    ...files,
  })
}

async function lookAt(dir: string): Promise<unknown> {
  const { service } = await loadService({ dir, env: {} })
  const code = service.functions[0]?.code
  if (code?.kind !== 'handler' || !code.framework) return 'no framework'
  return told(() => frameworkProject(service, code.framework as NonNullable<typeof code.framework>, dir))
}

function told(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    if (!isSlsError(error)) throw error
    return error.diagnostics.map(({ code, message, help, at }) => ({
      code,
      message,
      help: help?.[0],
      ...(at && { start: at.start }),
    }))
  }
}

/** A compiler that writes what it is given, and complains of `<<<`. */
const COMPILER = `exports.sys = {}
exports.ModuleKind = { CommonJS: 1 }
exports.ScriptTarget = { ES2020: 7 }
exports.findConfigFile = () => undefined
exports.parseJsonConfigFileContent = () => ({ options: { outDir: 'x', target: 4 } })
exports.flattenDiagnosticMessageText = String
exports.transpileModule = (text, { compilerOptions }) => ({
  outputText: JSON.stringify(compilerOptions),
  diagnostics: text.includes('<<<') ? [{ start: text.indexOf('<<<'), length: 3, messageText: 'what is that' }] : [],
})
`

describe('a project of a framework', () => {
  it('says what is not installed, and how to install it', async () => {
    const dir = project()
    expect(await lookAt(dir)).toEqual([
      {
        code: 'SLS4004',
        message: 'the package "@midwayjs/faas" is not installed, and the functions run by it',
        help: 'npm install @midwayjs/faas@2',
      },
    ])
    write(join(dir, 'node_modules/@midwayjs/faas/package.json'), '{ "version": "2.14.0" }')
    expect(await lookAt(dir)).toMatchObject([{ help: 'npm install @midwayjs/serverless-http-parser@2' }])
    write(join(dir, 'node_modules/@midwayjs/serverless-http-parser/package.json'), '{}')
    expect(await lookAt(dir)).toMatchObject({ major: 2, sourceDir: join(dir, 'src') })
  })

  it('takes what reads its requests from where the framework keeps it', async () => {
    const own = 'node_modules/@midwayjs/faas'
    const dir = project({
      [`${own}/package.json`]: '{}',
      [`${own}/node_modules/@midwayjs/serverless-http-parser/package.json`]: '{}',
    })
    expect(await lookAt(dir)).toMatchObject({
      wanted: [{ name: '@midwayjs/serverless-http-parser', from: expect.stringContaining('@midwayjs/faas') }],
    })
  })

  it('is compiled by its own compiler, with metadata, file by file', () => {
    const dir = project({ 'node_modules/typescript/index.js': COMPILER, 'src/a/b.ts': '', 'src/types.d.ts': '' })
    const files = compileSources(dir, join(dir, 'src'))
    expect(files.map(({ name }) => name)).toEqual(['a/b.js', 'home.js'])
    expect(JSON.parse(String(files[0]?.bytes))).toEqual({
      target: 4,
      module: 1,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      inlineSourceMap: true,
    })
  })

  it('says where a source cannot be compiled, and that there is no compiler', () => {
    const broken = project({ 'node_modules/typescript/index.js': COMPILER, 'src/bad.ts': 'let a <<< 1' })
    expect(told(() => compileSources(broken, join(broken, 'src')))).toEqual([
      { code: 'SLS4002', message: 'what is that', help: undefined, start: 6 },
    ])
    const native = project({ 'node_modules/typescript/index.js': "exports.version = '7.0.2'" })
    expect(told(() => compileSources(native, join(native, 'src')))).toMatchObject([
      { message: 'TypeScript 7.0.2 cannot compile single files', help: 'npm install --save-dev typescript@5' },
    ])
  })
})

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}
