import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { local } from '../../src/actions/local.ts'
import { systemdUnit } from '../../src/local/unit.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'
import { has } from '../peers.ts'
import { isAlive, reply, until, useLocal } from './fixture.ts'

const platforms = useLocal()

const IO = { cwd: '/', tell: () => undefined, signal: new AbortController().signal }

test.runIf(has('systemd-analyze'))('systemd takes the unit, also with odd paths', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sls-unit-'))
  const { username: user } = userInfo()
  const file = join(folder, 'anyfaas.service')
  const args = ['--flag=1', '/x "y" $z 100%/platform.cjs']
  writeFileSync(file, systemdUnit({ node: process.execPath, args, root: '/home/%u', user, path: '/bin' }))
  expect(execFileSync('systemd-analyze', ['verify', '--man=no', file], { encoding: 'utf8', stdio: 'pipe' })).toBe('')
  removeFolder(folder)
})

test('what the unit starts brings the services back, and ends cleanly', async () => {
  const platform = platforms()
  const url = await platform.deploy('f', { body: reply('"here"') })
  const { pid } = await platform.record()
  process.kill(pid, 'SIGTERM')
  await until(() => !isAlive(pid), 'the end of the platform')
  const { unit } = await local({ verb: 'install' }, { ...IO, env: { SLS_HOME: platform.home.root, PATH: '/bin' } })
  const [, words = ''] = /^ExecStart="(.+)"$/m.exec(unit) ?? []
  const [program = '', ...args] = words.split('" "')
  expect(unit).toContain(`Environment="SLS_HOME=${platform.home.root}" "PATH=/bin"`)
  const served = spawn(program, args, { env: { SLS_HOME: platform.home.root, PATH: '/bin' }, stdio: 'ignore' })
  await until(
    async () =>
      await fetch(`${url}/f`).then(
        ({ ok }) => ok,
        () => false,
      ),
    'the service',
  )
  expect((await platform.record()).pid).toBe(served.pid)
  expect((await platform.info())?.url).toBe(url)
  served.kill('SIGTERM')
  expect(await once(served, 'exit')).toEqual([0, null])
})

test('another word is told what there is', async () => {
  await expect(local({ verb: 'start' }, { ...IO, env: {} })).rejects.toMatchObject({
    diagnostics: [{ code: 'SLS0002' }],
  })
})
