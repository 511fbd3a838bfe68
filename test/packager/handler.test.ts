import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findHandler } from '../../src/packager/code/handler-file.ts'
import { sourceKind } from '../../src/packager/code/source-kind.ts'
import { type Project, useProjects } from './project.ts'

const project = useProjects()

function find(made: Project, handler: string, typescript = true) {
  return findHandler({ handler, serviceDir: made.dir, typescript, at: '/functions/x/handler' })
}

describe('a handler', () => {
  it.each([
    ['login.handler', ['login.ts'], 'login.ts', 'handler'],
    ['login.handler', ['src/login.ts', 'dist/login.js'], 'src/login.ts', 'handler'],
    ['login.handler', ['login.js', 'src/login.ts'], 'login.js', 'handler'],
    ['login.handler', ['login.js', 'login.ts'], 'login.ts', 'handler'],
    ['./login.handler', ['login.mjs'], 'login.mjs', 'handler'],
    ['users/list.main', ['src/users/list.tsx'], 'src/users/list.tsx', 'main'],
    ['v1.2/list.main', ['v1.2/list.cts'], 'v1.2/list.cts', 'main'],
    ['api.detail.handler', ['api.ts', 'api.detail.ts'], 'api.ts', 'detail.handler'],
    ['api.detail.handler', ['src/api.detail.js'], 'src/api.detail.js', 'handler'],
  ])('%s among %j is %s', (handler, files, name, exported) => {
    const made = project(Object.fromEntries(files.map((file) => [file, ''])))
    expect(find(made, handler)).toEqual({ path: join(made.dir, name), name, export: exported })
  })

  it('is the compiled file where nothing bundles', () => {
    const made = project({ 'src/login.ts': '', 'dist/login.js': '' })
    expect(find(made, 'login.handler', false)).toMatchObject({ name: 'dist/login.js' })
  })

  it('that is nowhere is told with what was tried, and what was probably meant', () => {
    const made = project({ 'src/login.ts': '', 'src/users/list.ts': '' })
    expect(find(made, 'logn.handler')).toMatchObject({
      code: 'SLS4001',
      pointer: '/functions/x/handler',
      message: 'no file for the handler "logn.handler"',
      notes: [{ message: 'tried logn, src/logn, dist/logn, each with .ts .mts .cts .tsx .js .mjs .cjs' }],
      help: ['did you mean "login.handler"?'],
    })
    expect(find(made, 'users/lst.handler')).toMatchObject({ help: ['did you mean "users/list.handler"?'] })
    expect(find(made, 'login.handler', false)).toMatchObject({
      help: [expect.stringContaining('"src/login.ts" is TypeScript')],
    })
  })

  it.each(['login', '.handler', 'login.', 'login..handler', '', 'lo\0gin.handler', 'src/'])(
    '%j names nothing',
    (handler) => {
      const made = project({ 'login.ts': '' })
      expect(find(made, handler)).toMatchObject({
        code: 'SLS4001',
        message: expect.stringContaining('names no file and export'),
      })
    },
  )

  it('may not lead out of the service', () => {
    const made = project({ 'inner/x.js': '', 'login.ts': { link: '../login.ts' } })
    makeOutside(made)
    for (const handler of ['../login.handler', 'login.handler']) {
      expect(find(made, handler)).toMatchObject({
        code: 'SLS4001',
        message: expect.stringContaining('out of the service folder'),
      })
    }
  })
})

function makeOutside(made: Project): void {
  made.write({ '../login.ts': '' })
}

describe('the kind of a source', () => {
  it.each([
    ['a.mts', '', {}, 'typescript esm'],
    ['a.cts', '', { 'package.json': '{"type": "module"}' }, 'typescript cjs'],
    ['a.ts', '', { 'package.json': '{ "type" : "module" }' }, 'typescript esm'],
    ['a.ts', 'export {}', { 'package.json': '{}' }, 'typescript cjs'],
    ['a.js', 'import "x"', {}, 'javascript esm'],
    ['a.js', 'export default 1', { 'package.json': '{}' }, 'javascript esm'],
    ['a.js', 'export async function x() {}', {}, 'javascript esm'],
    ['a.js', 'exports.x = 1; const exported = 1', {}, 'javascript cjs'],
    ['a.js', 'import("x")\nimporter()', {}, 'javascript cjs'],
    ['a.js', 'export const x = 1', { 'package.json': '{"type":"commonjs"}' }, 'javascript cjs'],
    ['b/a.js', '', { 'b/package.json': '{}', 'package.json': '{"type":"module"}' }, 'javascript cjs'],
  ])('of %s with %j beside %j is %s', (name, text, beside, expected) => {
    const made = project({ [name]: text, ...beside })
    const { language, module } = sourceKind(join(made.dir, name))
    expect(`${language} ${module}`).toBe(expected)
  })
})
