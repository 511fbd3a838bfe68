import { execFileSync } from 'node:child_process'
import { symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadService } from '../../src/config/load.ts'
import { folderOf, type load, mistakesOf, serviceOf } from './files.ts'

// What a text becomes as a value of `custom.x`.
async function resolved(text: string, more = '', options: Parameters<typeof load>[1] = {}): Promise<unknown> {
  const service = await serviceOf(`service: app\ncustom:\n  x: ${JSON.stringify(text)}\n${more}`, options)
  return (service.custom as { x: unknown }).x
}

describe('variables', () => {
  const env = { NAME: 'val', NUM: '7', EMPTY: '' }

  it.each([
    ['${env:NAME}', 'val'],
    ['${env.NAME}', 'val'],
    ['${ env.NAME }', 'val'],
    ['a-${env:NAME}-b', 'a-val-b'],
    ['${env:NOPE, default}', 'default'],
    ["${env:NOPE, 'a, b'}", 'a, b'],
    ['${env:NOPE, "q"}', 'q'],
    ['${env:NOPE, 5}', 5],
    ['${env:NOPE, true}', true],
    ['${env:NOPE, null}', null],
    ["${opt:stage, env:STAGE, 'dev'}", 'dev'],
    ['${env:NOPE, env:NUM, 1}', '7'],
    ['${env:NOPE, ${env:ALSO_NOPE, ${env:NAME}}}', 'val'],
    ['${env:EMPTY}', ''],
    ['${env:${self:custom.which}}', 'val'],
    ['${self:service}-${sls:service}-${sls:stage}', 'app-app-dev'],
    ['${self:custom.map}', { a: 1, b: ['val'] }],
    ['${self:custom.map.b.0}', 'val'],
    ['${self:custom.far}', 'val'],
    ['${param:size}', 'small'],
    ['$${env:NAME}', '${env:NAME}'],
    ['a $${b} ${env:NAME}', 'a ${b} val'],
    ['${{ github.sha }}', '${{ github.sha }}'],
    ['$HOME {x} } {', '$HOME {x} } {'],
    ['${sls:provider}', 'aliyun'],
  ])('%s', async (text, expected) => {
    const more =
      '  which: NAME\n  map: { a: 1, b: ["${env:NAME}"] }\n  far: ${self:custom.map.b.0}\nparams: { default: { size: small } }\nprovider: { name: aliyun }\n'
    expect(await resolved(text, more, { env })).toEqual(expected)
  })

  it.each([
    ['${self:custom.brought.text}', '${env:NAME}'],
    ['${self:custom.brought}', { text: '${env:NAME}' }],
    ['${self:custom.again.text}', '${env:NAME}'],
    ['${file(one.yml):a.text}', '${env:NAME}'],
    ['${file(one.yml):b.text}', '${env:NAME}'],
    ['${file(one.yml)}', { a: { text: '${env:NAME}' }, b: { text: '${env:NAME}' } }],
  ])('leaves a literal ${ alone, however far it is brought: %s', async (text, expected) => {
    const dir = folderOf({
      'serverless.yml': [
        'service: app',
        'custom:',
        `  x: ${JSON.stringify(text)}`,
        '  map: {text: "$${env:NAME}"}',
        '  brought: ${self:custom.map}',
        '  again: ${self:custom.brought}',
      ].join('\n'),
      'one.yml': 'a: ${file(two.yml)}\nb: ${self:custom.map}\n',
      'two.yml': 'text: $${env:NAME}\n',
    })
    const { service } = await loadService({ dir, env })
    expect((service.custom as { x: unknown }).x).toEqual(expected)
  })

  it('takes params of the stage before the default ones, and of the command line before both', async () => {
    const more = 'params: { default: { a: d, b: d, c: d }, prod: { b: p, c: p } }\n'
    const text = '${param:a}${param:b}${param:c}'
    expect(await resolved(text, more)).toBe('ddd')
    expect(await resolved(text, more, { stage: 'prod' })).toBe('dpp')
    expect(await resolved(text, more, { stage: 'prod', params: { c: 'x' } })).toBe('dpx')
  })

  it('reads .env.STAGE over .env and the process over both', async () => {
    const files = {
      'serverless.yml': 'service: a\ncustom: "${env:A} ${env:B} ${env:C}"',
      '.env': 'A=1\nB=1\nC=1',
      '.env.prod': 'B=2\nC=2',
    }
    expect((await serviceOf(files, { stage: 'prod', env: { C: '3' } })).custom).toBe('1 2 3')
    expect((await serviceOf(files)).custom).toBe('1 1 1')
  })

  it('turns text from outside into the number or switch that is needed, and no other text', async () => {
    const text =
      'service: a\nfunctions:\n  f:\n    timeout: ${env:T}\n    url: ${env:U}\n    memorySize: ${self:custom.m}\ncustom: { m: "${env:M}" }\n'
    const [fn] = (await serviceOf(text, { env: { T: '30', U: 'true', M: '256' } })).functions
    expect([fn?.timeoutSec, fn?.url, fn?.memoryMb]).toEqual([30, true, 256])
    expect(await mistakesOf(text, { env: { T: 'soon', U: 'x', M: '1' } })).toEqual([
      'SLS1003 error "timeout" has to be a whole number, not the text "soon" @${env:T}',
      'SLS1003 error "url" has to be true or false, not the text "x" @${env:U}',
      'SLS1006 error "memorySize" has to be at least 64, not 1 @${env:M}',
    ])
    expect(await mistakesOf('service: a\nfunctions: { f: { timeout: "30" } }')).toEqual([
      'SLS1003 error "timeout" has to be a whole number, not the text "30" @30',
    ])
  })

  it('keeps secrets as references', async () => {
    const text =
      'service: a\nprovider: { environment: { URL: "pg://${secret:USER}:${secret:PASS}@db" } }\nfunctions: { f: {} }\n'
    const [fn] = (await serviceOf(text, { env: { USER: 'u', PASS: 'hunter2' } })).functions
    expect(fn?.environment['URL']).toEqual({ $secret: ['pg://', { name: 'USER' }, ':', { name: 'PASS' }, '@db'] })
  })

  it('leaves what is not its own alone in raw resources', async () => {
    const text = 'service: a\nresources: { aws: { Value: "${AWS::Region} ${Bucket.Arn} ${env:NAME}" } }\n'
    expect((await serviceOf(text, { env })).resources).toEqual({ aws: { Value: '${AWS::Region} ${Bucket.Arn} val' } })
  })

  it('asks git', async () => {
    const dir = folderOf({ 'serverless.yml': 'service: a\ncustom: "${git:branch} ${git:sha1}"\n' })
    const git = (...args: string[]): string =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
        cwd: dir,
        encoding: 'utf8',
      })
    git('init', '-q', '-b', 'trunk')
    git('commit', '-q', '--allow-empty', '-m', 'first')
    expect((await loadService({ dir, env: {} })).service.custom).toBe(`trunk ${git('rev-parse', 'HEAD').trim()}`)
  })
})

describe('stages', () => {
  const text =
    'service: a\nprovider: { stage: "${opt:stage, env:STAGE, dev}", region: r1, environment: { A: 1, B: 1 } }\nfunctions: { f: { timeout: 5 } }\nstages:\n  prod:\n    provider: { region: r2, environment: { B: 2, A: null } }\n    functions: { f: { timeout: 50 }, g: {} }\n'

  it('are chosen by option, then by the file, and merged deeply', async () => {
    const dev = await serviceOf(text)
    expect([dev.stage, dev.provider.region, dev.functions.length, dev.functions[0]?.timeoutSec]).toEqual([
      'dev',
      'r1',
      1,
      5,
    ])
    for (const options of [{ stage: 'prod' }, { env: { STAGE: 'prod' } }]) {
      const prod = await serviceOf(text, options)
      expect([
        prod.stage,
        prod.provider.region,
        prod.functions.map((fn) => fn.name),
        prod.functions[0]?.timeoutSec,
      ]).toEqual(['prod', 'r2', ['f', 'g'], 50])
      expect(prod.functions[0]?.environment).toEqual({ B: '2' })
    }
  })

  it('are checked even when not in use, without their variables', async () => {
    const bad = 'service: a\nstages: { prod: { provider: { regoin: x, region: "${env:ONLY_IN_PROD}" } } }\n'
    expect(await mistakesOf(bad)).toContainEqual('SLS1002 error unknown key "regoin" in "provider" @regoin')
    expect((await mistakesOf(bad)).join()).not.toContain('ONLY_IN_PROD')
  })

  it('have their mistakes shown in the stage', async () => {
    const bad =
      'service: a\nprovider: { timeout: 3 }\nfunctions: { f: {} }\nstages: { prod: { provider: { timeout: ninety } } }\n'
    expect(await mistakesOf(bad, { stage: 'prod' })).toEqual([
      'SLS1003 error "timeout" has to be a whole number, not the text "ninety" @ninety',
    ])
  })
})

describe('${file()}', () => {
  it('brings values, parts of them, and text', async () => {
    const files = {
      'serverless.yml':
        'service: a\ncustom: { all: "${file(conf/a.yml)}", part: "${file(./conf/a.yml):list.1}", json: "${file(b.json):x}", text: "${file(c.txt)}", none: "${file(nope.yml):a, 9}", named: "${file(conf/${env:W}.yml):list.0}" }',
      'conf/a.yml': 'list: [1, "${self:service}"]\n',
      'b.json': '{"x": {"y": 2}}',
      'c.txt': 'hello\n',
    }
    expect((await serviceOf(files, { env: { W: 'a' } })).custom).toEqual({
      all: { list: [1, 'a'] },
      part: 'a',
      json: { y: 2 },
      text: 'hello',
      none: 9,
      named: 1,
    })
  })

  it('shows mistakes in the file that they are in', async () => {
    const files = {
      'serverless.yml': 'service: a\nfunctions: ${file(functions.yml)}',
      'functions.yml': 'f:\n  timeot: 3\n',
    }
    expect(await mistakesOf(files)).toEqual(['SLS1002 error unknown key "timeot" in "f" @timeot'])
  })

  it.each([
    [
      'circle of files',
      { 'a.yml': 'x: ${file(b.yml):y}', 'b.yml': 'y: ${file(a.yml):x}' },
      '${file(a.yml):x}',
      'SLS1022 error files in a circle',
    ],
    ['broken file', { 'a.yml': 'x: [' }, '${file(a.yml)}', 'SLS1011 error'],
    [
      'binary file',
      { 'a.yml': Buffer.from([0, 1, 2]) },
      '${file(a.yml)}',
      'SLS1010 error cannot read "a.yml": it is not text',
    ],
    ['missing file', {}, '${file(a.yml)}', 'SLS1021 error no file "a.yml"'],
    ['path that is missing', {}, '${file()}', 'SLS1021 error file() needs a path'],
  ])('refuses a %s', async (_, files, text, expected) => {
    const found = await mistakesOf({ 'serverless.yml': `service: a\ncustom: "${text}"`, ...files })
    expect(found[0]).toContain(expected)
  })

  it('does not leave the folder', async () => {
    const outside = folderOf({ 'secret.yml': 'password: hunter2' })
    const text = `service: a\ncustom: "\${file(../${basename(outside)}/secret.yml)}"`
    const found = await mistakesOf(text)
    expect(found[0]).toMatch(/^SLS1024 error .* is outside the service folder/)
    expect(found.join()).not.toContain('hunter2')
  })

  it('does not follow a link out of the folder', async () => {
    const outside = folderOf({ 'secret.yml': 'password: hunter2' })
    const dir = folderOf({ 'serverless.yml': 'service: a\ncustom: "${file(link.yml)}"' })
    symlinkSync(join(outside, 'secret.yml'), join(dir, 'link.yml'))
    await expect(loadService({ dir, env: {} })).rejects.toThrow('SLS1024: "link.yml" is outside the service folder')
  })
})

describe('mistakes in variables', () => {
  it.each([
    ['${env:NOPE}', 'SLS1021 error "${env:NOPE}" is not set @${env:NOPE}'],
    ['a ${env:NOPE} b', 'SLS1021 error "${env:NOPE}" is not set @${env:NOPE}'],
    [
      '${env:NOPE, env:NADA}',
      'SLS1021 error "${env:NOPE, env:NADA}" is not set and none of its defaults is @${env:NOPE, env:NADA}',
    ],
    ['${evn:X}', 'SLS1020 error "evn" is not a source of variables @${evn:X}'],
    ['${env:X', 'SLS1023 error "${env:X" is not a variable: the closing } is missing @${env:X'],
    ['${}', 'SLS1023 error "${}" is not a variable: a name is missing @${}'],
    ['${file(x}', 'SLS1023 error "${file(x}" is not a variable: the closing ) is missing @${file(x}'],
    ['x-${self:custom}', 'SLS1022 error variables in a circle @${self:custom}'],
    [
      'x-${self:functions}',
      'SLS1023 error "${self:functions}" is a map and cannot be a part of a text @${self:functions}',
    ],
    ['${sls:nope}', 'SLS1020 error "sls:nope" is not known @${sls:nope}'],
    ['${secret:}', 'SLS1023 error "" is not a name of a secret @${secret:}'],
  ])('%s', async (text, expected) => {
    expect(await mistakesOf(`service: a\nfunctions: { f: {} }\ncustom: { x: "${text}" }\n`)).toEqual([expected])
  })

  it('tells all of them, each once, also where one is used twice', async () => {
    const found = await mistakesOf(
      'service: a\nprovider: { region: "${env:R}", role: "${self:provider.region}", timeout: many }\nfunctions: { f: { role: "${self:provider.region}", timeout: "${env:T}" } }\n',
    )
    expect(found).toEqual([
      'SLS1021 error "${env:R}" is not set @${env:R}',
      'SLS1021 error "${env:T}" is not set @${env:T}',
      'SLS1003 error "timeout" has to be a whole number, not the text "many" @many',
    ])
  })

  it('sees circles of any length', async () => {
    const found = await mistakesOf(
      'service: a\ncustom: { a: "${self:custom.b}", b: "${self:custom.c}", c: "${self:custom.a}" }\nfunctions: { f: {} }\n',
    )
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(/^SLS1022/)
  })

  it('refuses secrets where they would be written down', async () => {
    expect(
      await mistakesOf('service: a\nfunctions: { f: { description: "${secret:X}", handler: "a.${secret:Y}" } }\n'),
    ).toEqual([
      'SLS1025 error a secret cannot stand in "description" @${secret:X}',
      'SLS1025 error a secret cannot stand in "handler" @a.${secret:Y}',
    ])
  })
})
