import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fnOf, HANDLER, type Project, packProject, serviceOf, useProjects } from './project.ts'
import { readZip } from './unzip.ts'

const project = useProjects()

const FILES = { ...HANDLER, 'logout.js': 'exports.handler = async () => 2', 'lib/shared.js': 'exports.a = 1' }
const TWO = [fnOf('login'), fnOf('logout')]

async function marksOf(made: Project, functions = TWO): Promise<Readonly<Record<string, string>>> {
  const { artifacts } = await packProject(made, serviceOf(functions))
  return artifacts[0]?.marks ?? {}
}

describe('the mark of a function', () => {
  it('changes with its own entry, and those of the others stay', async () => {
    const made = project(FILES)
    const before = await marksOf(made)
    expect(Object.values(before)).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), expect.any(String)])
    const after = await marksOf(made, [fnOf('login', { timeoutSec: 7 }), fnOf('logout')])
    expect(after['login']).not.toBe(before['login'])
    expect(after['logout']).toBe(before['logout'])
    expect(await marksOf(made)).toEqual(before)
  })

  it('stays only while everything but the entries of others is the same', async () => {
    const made = project(FILES)
    const path = join(made.outDir, 'shop.zip')
    const contents = async () => new Map([...(await readZip(path))].filter(([name]) => name !== 'sls_login.js'))
    const before = await marksOf(made)
    const older = await contents()
    const after = await marksOf(made, [fnOf('login', { timeoutSec: 7 }), fnOf('logout')])
    expect(after['logout']).toBe(before['logout'])
    expect(await contents()).toEqual(older)
  })

  it.each([
    ['a shared file', { 'lib/shared.js': 'exports.a = 2' }],
    ['the module of another one, which it could require', { 'login.js': 'exports.handler = async () => 3' }],
    ['a new file', { 'lib/new.js': '' }],
    ['an exec bit', { 'lib/shared.js': { executable: 'exports.a = 1' } }],
  ])('changes with %s', async (_, changed) => {
    const made = project(FILES)
    const before = await marksOf(made)
    made.remove()
    const other = project({ ...FILES, ...changed })
    const after = await marksOf(other)
    expect(after['login']).not.toBe(before['login'])
    expect(after['logout']).not.toBe(before['logout'])
  })

  it('depends on neither the folder, nor the cache, nor on what else is deployed with it', async () => {
    const made = project(FILES)
    const before = await marksOf(made)
    expect(await marksOf(project(FILES))).toEqual(before)
    expect(await marksOf(made, [...TWO, fnOf('again', { handler: 'login.handler' })])).toMatchObject(before)
    expect(await marksOf(made)).toEqual(before)
  })

  it('is that of the whole zip where the user made it', async () => {
    const ready = (text: string) => ({ ...FILES, 'ready.zip': Buffer.from(`504b0506${text.padStart(36, '0')}`, 'hex') })
    const one = async (text: string) => {
      const service = serviceOf(TWO, { artifact: 'ready.zip' })
      return (await packProject(project(ready(text)), service)).artifacts[0]?.marks ?? {}
    }
    const marks = await one('')
    expect(marks['login']).toBe(marks['logout'])
    expect(await one('')).toEqual(marks)
    expect((await one('01'))['login']).not.toBe(marks['login'])
  })
})
