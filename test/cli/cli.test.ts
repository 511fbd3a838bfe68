import { spawn } from 'node:child_process'
import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { COMMANDS } from '../../src/cli/commands.ts'
import { codes } from '../../src/kit/src/index.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'
import { finish, makeTool, type Tool } from './tool.ts'

let tool: Tool

beforeAll(async () => {
  tool = await makeTool()
})

afterAll(async () => {
  await tool.remove()
})

describe('the first look', () => {
  test.each(['--version', '-v'])('%s is the version of the package', async (word) => {
    const { version } = JSON.parse(await readFile(join(tool.dir, 'package.json'), 'utf8')) as { version: string }
    expect(await tool.run([word])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
  })

  test.each([[], ['--help'], ['-h'], ['help']])('help lists every command: %s', async (...args) => {
    const { code, stdout, stderr } = await tool.run(args)
    expect([code, stderr]).toEqual([0, ''])
    for (const command of COMMANDS) expect(stdout).toContain(command.summary)
  })

  test.each(COMMANDS.map((command) => [command.name, command] as const))('help of %s', async (name, command) => {
    const answers = await Promise.all([tool.run([name, '--help']), tool.run(['help', name])])
    const [{ code, stdout, stderr }] = answers
    expect([code, stderr]).toEqual([0, ''])
    expect(answers[1].stdout).toBe(stdout)
    for (const option of command.options) expect(stdout).toContain(`--${option.name}`)
    for (const example of command.examples) expect(stdout).toContain(example.command)
  })

  test.each([[['--json']], [['print', '--help', '--json']]])('help as data is data: %s', async (args) => {
    const { code, stdout } = await tool.run(args)
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toEqual({ ok: true, result: { help: expect.stringContaining('Usage') } })
  })

  test('help of a command looks so', async () => {
    await expect((await tool.run(['invoke', '--help'])).stdout).toMatchFileSnapshot('golden/help-invoke.txt')
    await expect((await tool.run(['--help'])).stdout).toMatchFileSnapshot('golden/help.txt')
  })

  test('a clone that is not built says what to run', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'sls-raw-'))
    try {
      await cp(resolve(import.meta.dirname, '../../bin'), join(dir, 'bin'), { recursive: true })
      const { code, stderr } = await finish(spawn(process.execPath, [join(dir, 'bin/sls.js'), 'check']))
      expect(code).toBe(1)
      expect(stderr).toBe(`sls is not built yet: run "npm run build" in ${dir}\n`)
    } finally {
      removeFolder(dir)
    }
  })
})

describe('mistakes of the command line', () => {
  test.each([
    ['an unknown command', ['deplyo'], 'unknown command "deplyo"', 'did you mean "sls deploy"?'],
    ['a strange command', ['xyzzy'], 'unknown command "xyzzy"', 'sls --help lists the commands'],
    ['help for it', ['deplyo', '--help'], 'unknown command "deplyo"', 'did you mean "sls deploy"?'],
    ['an unknown option', ['check', '--stag', 'prod'], 'unknown option "--stag"', 'did you mean "--stage"?'],
    ['an unknown option alone', ['--jsn'], 'unknown option "--jsn"', 'did you mean "--json"?'],
    ['an unknown letter', ['check', '-x'], 'unknown option "-x"', 'sls check --help lists the options'],
    ['a word too many', ['check', 'shop'], '"sls check" does not know what to do with "shop"', 'sls check --help'],
    ['no value', ['check', '--stage'], '"--stage" needs a value', 'write it as --stage <NAME>'],
    ['an empty value', ['remove', '--stage', ''], '"--stage" needs a value', 'write it as --stage <NAME>'],
    ['an empty value behind a sign', ['check', '--config='], '"--config" needs a value', 'write it as --config <FILE>'],
    ['a path without its slash', ['invoke', '--path', 'users'], '--path: "users" is not a path', '/path?name=value'],
    ['a path of another host', ['deploy', '--smoke', '//b.test/'], '--smoke: "//b.test/" is not a path', ''],
    ['an unknown letter alone', ['-x'], 'unknown option "-x"', 'sls --help lists the commands'],
    ['an option as the value', ['check', '--stage', '--json'], '"--stage" needs a value', '--stage=--json'],
    ['a value for a switch', ['check', '--strict=yes'], '"--strict" takes no value', ''],
    ['another value', ['print', '--format', 'xml'], '"--format" cannot be "xml"', 'one of yaml, json'],
    ['no number', ['deploy', '--port', '99999'], '--port: "99999" is not a whole number from 1 to 65535', ''],
    ['no pair', ['check', '--param', 'x'], '--param: "x" is not a pair', 'name=value'],
    ['no header', ['invoke', '-f', 'a', '-H', 'x'], '-H: "x" is not a header', 'Name: value'],
    ['a file that is not there', ['invoke', '-f', 'a', '-d', '@none.json'], '--data: cannot read "none.json"', ''],
    ['an unknown code', ['explain', 'SLS1'], 'there is no code "SLS1"', 'sls explain lists all codes'],
  ])('%s', async (_, args, message, help) => {
    const { code, stdout, stderr } = await tool.run(args)
    expect(stderr).toContain(message)
    expect(stderr).toContain(help)
    expect(stdout).toBe('')
    expect(code).toBe(2)
  })

  test('all of them are shown at once', async () => {
    const { stderr } = await tool.run(['deploy', '--prot', '1', '--port', 'x', '--stage'])
    expect(stderr.match(/^error\[SLS000[12]\]/gm)).toEqual(['error[SLS0001]', 'error[SLS0002]', 'error[SLS0002]'])
    expect(stderr).toContain('3 errors')
  })

  test.each([['event', 'aws', 'http'], ['invoke']])('an empty text can be data: %s', async (...args) => {
    expect((await tool.run([...args, '--data', ''])).stderr).not.toContain('needs a value')
  })

  test('as data they are data', async () => {
    const { code, stdout, stderr } = await tool.run(['deplyo', '--json'])
    expect([code, stderr]).toEqual([2, ''])
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, diagnostics: [{ code: 'SLS0001' }] })
  })
})

describe('options', () => {
  async function optionsOf(...args: string[]): Promise<unknown> {
    const { stdout } = await tool.run([...args, '--json'])
    return (JSON.parse(stdout) as { result: { options: unknown } }).result.options
  }

  test('they reach the action by its own names', async () => {
    const given = ['-d', 'shop', '--config=a.yml', '--param', 'a=1', '--param', 'b=x=y', '--strict']
    expect(await optionsOf('check', ...given)).toEqual({
      dir: 'shop',
      config: 'a.yml',
      params: { a: '1', b: 'x=y' },
      strict: true,
    })
  })

  test('they may stand before the command', async () => {
    expect(await optionsOf('-d', 'check', '--stage', 'prod', 'check')).toEqual({ dir: 'check', stage: 'prod' })
  })

  test('before it -d is the folder, behind it what the command says', async () => {
    expect(await optionsOf('-d', 'shop', 'invoke', '-f', 'api', '-d', '-')).toMatchObject({
      dir: 'shop',
      function: 'api',
      data: '',
    })
  })

  test('invoke reads data from files, and a port or none', async () => {
    await writeFile(join(tool.dir, 'event.json'), '{"a":1}')
    const given = ['-f', 'api', '-d', '@event.json', '-H', 'X-A: b:c', '-H', 'x-b:']
    expect(await optionsOf('invoke', ...given, '--debug', '9300')).toEqual({
      function: 'api',
      data: '{"a":1}',
      headers: [
        ['X-A', 'b:c'],
        ['x-b', ''],
      ],
      debugPort: 9300,
    })
    expect(await optionsOf('invoke', '--debug', '-f', 'api')).toMatchObject({ debugPort: 9229 })
  })
})

describe('exit status', () => {
  test.each([
    ['done', ['check'], 0],
    ['the file is wrong', ['check', '--stage', 'wrong'], 2],
    ['changes', ['plan', '--exit-code'], 3],
    ['changes nobody asked for', ['plan'], 0],
    ['no changes', ['plan', '--exit-code', '--stage', 'same'], 0],
    ['credentials', ['check', '--stage', 'credentials'], 4],
    ['a confirmation', ['remove'], 5],
    ['no confirmation needed', ['remove', '--yes'], 0],
    ['a bug', ['check', '--stage', 'bug'], 70],
    ['a bug behind the back', ['check', '--stage', 'later'], 70],
    ['the answer of a server that failed', ['invoke', '-f', 'api', '--path', '/500'], 1],
  ])('%s', async (_, args, status) => {
    expect((await tool.run(args)).code).toBe(status)
  })
})

describe('streams', () => {
  test('a diagnostic is on stderr, with its code frame', async () => {
    const { stdout, stderr } = await tool.run(['check', '--stage', 'wrong'])
    expect(stdout).toBe('')
    await expect(stderr).toMatchFileSnapshot('golden/check-wrong.txt')
  })

  test('a result is on stdout alone', async () => {
    const { stdout, stderr } = await tool.run(['deploy'])
    await expect(stdout).toMatchFileSnapshot('golden/deploy-stdout.txt')
    await expect(stderr).toMatchFileSnapshot('golden/deploy-stderr.txt')
  })

  test('an answer of a function is its bytes', async () => {
    const { stdout, stderr } = await tool.run(['invoke', '-f', 'api', '-d', 'ping'])
    expect(stdout).toBe('ping')
    expect(stderr).toBe('200 api by http as on local in 7 ms\n')
  })

  test('colour is there when asked for, and gone when refused', async () => {
    const env = { FORCE_COLOR: '1' }
    expect((await tool.run(['check', '--stage', 'wrong'], env)).stderr).toContain('\u001b[31m')
    expect((await tool.run(['check', '--stage', 'wrong', '--no-color'], env)).stderr).not.toContain('\u001b')
  })

  test('a bug shows its stack and causes only when asked', async () => {
    expect((await tool.run(['check', '--stage', 'bug'])).stderr).not.toContain('    at ')
    for (const shown of [
      await tool.run(['check', '--stage', 'bug', '--debug']),
      await tool.run(['check', '--stage', 'bug'], { SLS_DEBUG: '1' }),
    ]) {
      expect(shown.stderr).toContain('    at ')
      expect(shown.stderr).toContain('caused by: RangeError: too far')
    }
  })

  test.each([
    ['one large result', ['print', '--stage', 'big']],
    ['many small lines', ['logs', '--stage', 'big']],
  ])('nobody complains when the reader leaves: %s', async (_, args) => {
    const child = tool.start(args)
    child.stdout?.once('data', () => child.stdout?.destroy())
    const { code, stderr } = await finish(child)
    expect(stderr).toBe('')
    expect(code).toBe(0)
  })

  test('a slow reader gets everything', async () => {
    const child = tool.start(['print', '--stage', 'big'])
    child.stdout?.pause()
    const answer = finish(child)
    setTimeout(() => child.stdout?.resume(), 100)
    expect((await answer).stdout).toHaveLength('service: demo\nfiller: \n'.length + 1_000_000)
  })
})

describe('interrupts', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('the first %s lets the action finish', async (signal) => {
    const child = tool.start(['check', '--stage', 'hang'])
    child.stderr?.once('data', () => child.kill(signal))
    const { code, stderr } = await finish(child)
    expect(code).toBe(130)
    expect(stderr).toContain('Ctrl-C again ends at once')
    expect(stderr).toContain('error[SLS5002]: interrupted')
  })

  test('the second one ends at once', async () => {
    const child = tool.start(['check', '--stage', 'deaf'])
    child.stderr?.once('data', () => child.kill('SIGINT'))
    child.stderr?.on('data', (chunk) => {
      if (String(chunk).includes('again')) child.kill('SIGINT')
    })
    expect((await finish(child)).code).toBe(130)
  })
})

describe('explain', () => {
  test('lists all codes', async () => {
    const { stdout } = await tool.run(['explain'])
    expect(stdout.trimEnd().split('\n')).toEqual(Object.entries(codes).map(([code, { title }]) => `${code}  ${title}`))
  })

  test.each(['SLS1002', 'sls1002', '1002'])('prints the page of %s', async (code) => {
    const { stdout, stderr } = await tool.run(['explain', code])
    expect(stderr).toBe('')
    expect(stdout.startsWith('SLS1002: unknown key\n')).toBe(true)
    expect(stdout).not.toContain('```')
  })
})
