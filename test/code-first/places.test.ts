import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { makeMachine } from '../examples/sls.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'

// Without anything installed: the built command line on a project as it is checked out.
describe('a project that is only checked out', () => {
  const machine = makeMachine()
  const dir = mkdtempSync(join(tmpdir(), 'anyfaas-code-first-'))
  mkdirSync(join(dir, 'src'))
  writeFileSync(join(dir, 'package.json'), '{ "dependencies": { "@midwayjs/faas": "^3.0.0" } }')
  writeFileSync(
    join(dir, 'f.yml'),
    'service: shop\nprovider:\n  name: local\nfunctions:\n  home-show:\n    timeout: 5\n',
  )
  const source =
    "@Provide()\nexport class Home {\n  @ServerlessTrigger(ServerlessTriggerType.HTTP, { path: '/a b' })\n  show() {}\n}\n"

  afterAll(async () => {
    await machine.remove()
    removeFolder(dir)
  })

  it('is checked and printed, and a mistake in a class is shown in the class', async () => {
    writeFileSync(join(dir, 'src/home.ts'), source)
    const wrong = await machine.sls(['check'], { cwd: dir })
    expect(wrong.stderr).toContain('src/home.ts:3:58')
    expect(wrong.code).toBe(2)
    writeFileSync(join(dir, 'src/home.ts'), source.replace('/a b', '/ab'))
    expect((await machine.sls(['check'], { cwd: dir })).stdout).toContain('1 function')
    expect((await machine.sls(['print'], { cwd: dir })).stdout).toContain('handler: home.show')
  })

  it('says in the service file what has to be installed before it runs', async () => {
    const { stderr, code } = await machine.sls(['invoke', '-f', 'home-show'], { cwd: dir })
    expect(stderr).toContain('f.yml:4:1')
    expect(stderr).toContain('npm install @midwayjs/faas@3')
    expect(code).not.toBe(0)
  })
})
