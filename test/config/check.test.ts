import type { SlsError } from '@anyfaas/kit'
import { describe, expect, it } from 'vitest'
import { load, mistakesOf } from './files.ts'

const fn = (text: string): string => `service: a\nfunctions:\n  f:\n    ${text.replaceAll('\n', '\n    ')}\n`

describe('the schema', () => {
  it.each([
    ['command: ./server', '"command" belongs under "container" or "custom"'],
    ['build: ./image', '"build" belongs under "container"'],
    ['evnts: []', 'did you mean "events"?'],
    ['events: [{ os: { bucket: b }, filter: { prefix: in/ } }]', '"filter" belongs under "os"'],
    ['events: [{ kafka: { topic: t }, memorySize: 512 }]', '"memorySize" is a key of a function or under "provider"'],
    ['events: [{ http: { path: / }, timeout: 5 }]', '"timeout" belongs under "http"'],
    ['events: [{ qualifier: live }]', '"qualifier" belongs under "http" or "timer" or "os"'],
  ])('says of a key that stands at the wrong place where it belongs: %s', async (text, help) => {
    const failure = (await load(fn(text)).catch((error: unknown) => error)) as SlsError
    expect(failure.diagnostics[0]).toMatchObject({ code: 'SLS1002', help: [help] })
  })

  it.each([
    ['events: [{ htp: { path: / } }]', 'SLS1002 error unknown key "htp" in item 1 @htp'],
    ['evnts: []', 'SLS1002 error unknown key "evnts" in "f" @evnts'],
    ['timeout: soon', 'SLS1003 error "timeout" has to be a whole number, not the text "soon" @soon'],
    ['timeout: 0', 'SLS1006 error "timeout" has to be at least 1, not 0 @0'],
    ['timeout: 1.5', 'SLS1003 error "timeout" has to be a whole number, not 1.5 @1.5'],
    ['timeout: .nan', 'SLS1003 error "timeout" has to be a whole number, not NaN @.nan'],
    ['memorySize: 99999', 'SLS1006 error "memorySize" can be at most 65536, not 99999 @99999'],
    ['environment: text', 'SLS1003 error "environment" has to be a map, not the text "text" @text'],
    ['environment: { A: [1] }', 'SLS1003 error "A" has to be text, a number or true or false, not a list @[1] }'],
    ['signature: contxt', 'SLS1005 error "contxt" is not a value of "signature" @contxt'],
    ['handler: ""', 'SLS1006 error "handler" is empty @'],
    ['events: { http: / }', 'SLS1003 error "events" has to be a list, not a map @{ http: / }'],
    ['events: [nope]', /^SLS1007 error "nope" cannot be item 1: it has to be a kind of trigger @nope$/],
    [
      'events: [{ http: { path: "/a b" } }]',
      'SLS1041 error "/a b" cannot be "path": it cannot contain blanks, "?" or "#" @/a b',
    ],
    [
      'events: [{ http: { path: "/*/a" } }]',
      'SLS1041 error "/*/a" cannot be "path": the wildcard "*" can only be the last part @/*/a',
    ],
    [
      'events: [{ http: { path: "/:a/:a" } }]',
      'SLS1041 error "/:a/:a" cannot be "path": the parameter "a" is there twice @/:a/:a',
    ],
    ['events: [{ http: { path: "/a//b" } }]', 'SLS1041 error "/a//b" cannot be "path": it has an empty part @/a//b'],
    [
      'events: [{ http: { path: "/a/x*" } }]',
      'SLS1041 error "/a/x*" cannot be "path": "x*" mixes text with a parameter or a wildcard @/a/x*',
    ],
    [
      'events: [{ http: { method: gte } }]',
      /^SLS1007 error "gte" cannot be "method": it has to be "any" or some of GET/,
    ],
    ['events: [{ http: { method: [get, brew] } }]', /^SLS1007 error "brew" cannot be item 2/],
    ['events: [{ http: BREW /coffee }]', /^SLS1041 error "BREW \/coffee" cannot be "http": "BREW" is not a method/],
    ['events: [{ timer: { cron: "61 * * * *" } }]', /^SLS1040 error "61 \* \* \* \*" cannot be "cron": /],
    ['events: [{ timer: { every: 5 } }]', 'SLS1003 error "every" has to be text, not 5 @5'],
    ['events: [{ timer: { every: 5x } }]', /^SLS1040 error "5x" cannot be "every"/],
    ['events: [{ timer: { type: cron, value: "* *" } }]', /^SLS1040 error "\* \*" cannot be "value"/],
    [
      'events: [{ timer: { cron: "* * * * *", timezone: Mars/Base } }]',
      /^SLS1040 error "Mars\/Base" cannot be "timezone"/,
    ],
    ['events: [timer]', 'SLS1004 error "cron" or "every" is missing in "timer" @timer'],
    [
      'events: [{ timer: { cron: "* * * * *", every: 5m } }]',
      'SLS1007 error a timer has "cron" or "every", not both @every',
    ],
    ['events: [{ os: {} }]', 'SLS1004 error "bucket" is missing in "os" @os'],
    ['events: [{ kafka: { group: g } }]', 'SLS1004 error "topics" is missing in "kafka" @kafka'],
    ['events: [{ mqtt: { topic: t, qos: 3 } }]', 'SLS1006 error "qos" can be at most 2, not 3 @3'],
    ['events: [{ http: /, timer: { every: 5m } }]', 'SLS1003 error item 1 has several keys: http, timer @timer'],
    ['events: [{}]', 'SLS1004 error item 1 is empty @{}] '],
    ['container: { port: 80 }', 'SLS1004 error container function "f" needs "image" or "build" @container'],
    ['layers: [nope]', 'SLS1045 error no layer "nope" @nope'],
  ])('%s', async (text, expected) => {
    const found = await mistakesOf(fn(text))
    expect(found).toHaveLength(1)
    if (typeof expected === 'string') expect(found[0]?.trim()).toBe(expected.trim())
    else expect(found[0]).toMatch(expected)
  })

  it.each([
    ['service: 1a', 'SLS1007'],
    ['service: { description: x }', 'SLS1004'],
    ['functions: { a: {} }', 'SLS1004'],
    ['service: a\nfunctions: { "a b": {} }', 'SLS1047'],
    ['service: a\nmemorySize: 5', 'SLS1002'],
    ['service: a\nprovider: { accountId: 12345 }', 'SLS1003'],
    ['service: a\nprovider: { credentials: x }', 'SLS1002'],
    ['service: a\ndeployType: rails', 'SLS1007'],
    ['service: a\npackage: { bundle: yes please }', 'SLS1003'],
    ['service: a\nfunctions: { a: { events: [http] } }\ndomain: { name: x, routes: { /*: b } }', 'SLS1043'],
  ])('%s', async (text, code) => {
    expect((await mistakesOf(text)).filter((one) => one.includes(' error '))).toEqual([
      expect.stringMatching(new RegExp(`^${code} `)),
    ])
  })

  it('passes over x- keys and null', async () => {
    expect(
      await mistakesOf(
        'service: a\nx-note: { any: thing }\nprovider:\npackage: { include: }\nlayers:\nfunctions: { f: { x-y: 1, description: , events: [{ http: { x-z: 1 } }] } }\n',
      ),
    ).toEqual([])
  })
})

describe('rules between things', () => {
  it.each([
    ['an unknown member', 'aggregation: { all: { functions: [a, bee] } }', ['SLS1043 error no function "bee" @bee']],
    [
      'a member of two',
      'aggregation: { x: { functions: [a, b] }, y: { functions: [b] } }',
      ['SLS1044 error function "b" is in aggregates "x" and "y" @y'],
    ],
    [
      'two patterns that overlap',
      'aggregation: { x: { functionsPattern: "a*" }, y: { functionsPattern: "*" } }',
      ['SLS1044 error function "a" is in aggregates "x" and "y" @y'],
    ],
    ['a list beside a pattern', 'aggregation: { x: { functions: [a] }, y: { functionsPattern: "*" } }', []],
    [
      'no member',
      'aggregation: { x: { functionsPattern: "z*" } }',
      ['SLS1043 error aggregate "x" has no functions @x'],
    ],
    ['the name of a member', 'aggregation: { a: { functions: [a, b] } }', []],
    [
      'the name of a member that is deployed too',
      'aggregation: { a: { functions: [a, b], deployOrigin: true } }',
      ['SLS1047 error aggregate "a" and function "a" would be deployed under one name @a'],
    ],
    [
      'the name of another function',
      'aggregation: { a: { functions: [b] } }',
      ['SLS1047 error aggregate "a" and function "a" would be deployed under one name @a'],
    ],
  ])('%s', async (_, text, expected) => {
    const file = `service: s\nfunctions:\n  a: { events: [http: /a] }\n  b: { events: [http: /b] }\n${text}\n`
    expect(await mistakesOf(file)).toEqual(expected)
  })

  it('warns of two functions on one route', async () => {
    const found = await mistakesOf(
      'service: s\nfunctions:\n  a: { events: [http: GET /x/:id] }\n  b: { events: [http: "get,post /x/{name}"] }\n  c: { events: [http: PUT /x/:id] }\n',
    )
    expect(found).toEqual(['SLS1042 warning functions "a" and "b" both answer GET /x/:… @http'])
  })

  it('warns of a file without functions', async () => {
    expect(await mistakesOf('service: s')).toEqual(['SLS1046 warning the file has no functions @'])
  })
})

describe('older spellings', () => {
  it('are understood, with a warning at their place', async () => {
    const text = `service: a
provider:
  vpcConfig: { vpcId: v, vSwitchIds: [s], securityGroupId: g }
  environment: [{ A: 1 }, { B: 2 }]
functions:
  f:
    trigger:
      - schedule: { type: every, value: 5m, enable: false }
      - cos: { bucket: b, filterPrefix: p/, parameters: { events: [x] } }
aggregation: { all: { functionsPatten: f, eventTrigger: true } }
custom: { customDomain: { domainName: x.com } }
`
    expect(await mistakesOf(text)).toEqual([
      'SLS1030 warning "custom.customDomain" is an older spelling of "domain" @customDomain',
      'SLS1030 warning "vpcConfig" is an older spelling of "vpc" @vpcConfig',
      'SLS1030 warning "vpcId" is an older spelling of "id" @vpcId',
      'SLS1030 warning "vSwitchIds" is an older spelling of "subnets" @vSwitchIds',
      'SLS1030 warning "securityGroupId" is an older spelling of "securityGroups" @securityGroupId',
      'SLS1030 warning "environment" as a list of maps is an older form of one map @environment',
      'SLS1030 warning "enable" is an older spelling of "enabled" @enable',
      'SLS1030 warning "parameters" is an older form: the options stand under the kind itself @parameters',
      'SLS1030 warning "filterPrefix" is an older spelling of "filter.prefix" @filterPrefix',
      'SLS1030 warning "functionsPatten" is an older spelling of "functionsPattern" @functionsPatten',
    ])
  })

  it('take options that stand beside their trigger', async () => {
    const text = 'service: a\nfunctions:\n  f:\n    events:\n    - http:\n      path: /a\n      method: gte\n'
    expect(await mistakesOf(text)).toEqual([
      'SLS1031 warning the options of "http" stand beside it, not under it @path',
      expect.stringMatching(/^SLS1007 error "gte" cannot be "method".* @gte$/),
    ])
  })
})

describe('what has no effect where it stands', () => {
  const member = (own: string, aggregate = ''): string =>
    `service: a\nfunctions:\n  m: { ${own} }\naggregation:\n  all: { functions: [m]${aggregate} }\n`

  it.each([
    [
      member('', ', signature: raw'),
      'SLS1032 warning "signature" of "all" has no effect: the members of an aggregate have their own @signature',
    ],
    [
      fn('runtime: custom\ninitializer: a.b'),
      'SLS1032 warning "initializer" of "f" has no effect: a custom runtime is a server of its own @initializer',
    ],
    [
      fn('image: i\nruntime: nodejs20'),
      'SLS1032 warning "runtime" of "f" has no effect: an image starts by itself @runtime',
    ],
    [
      fn('layers: { l: { path: ./l, name: x } }'),
      'SLS1032 warning "name" of a layer has no effect: this one is called "l" @name',
    ],
    [
      fn('runtime: custom\nlayers: { l: { path: ./l } }'),
      'SLS1032 warning "layers" of "f" has no effect: only functions on Node.js load them @layers',
    ],
    [
      fn('events: [{ http: { path: /a, method: get } }, { http: { path: /a, auth: iam } }, { http: GET /a }]'),
      'SLS1042 warning two triggers of "f" answer GET /a @http',
    ],
    [
      fn('events: [{ event: { version: 1, qualifier: 2 } }]'),
      'SLS1007 error "version" and "qualifier" are one, and both are here @version',
    ],
    [
      fn('events: [{ http: { cors: { methods: [fetch] } } }]'),
      'SLS1007 error "fetch" cannot be item 1: it has to be "any" or some of GET, POST, PUT, DELETE, PATCH, HEAD, OPTIONS @fetch',
    ],
    ['service: a\ndomain: true\nfunctions: { f: }\n', 'SLS1003 error "domain" is a name, or false for none @true'],
  ])('%s', async (text, mistake) => {
    expect(await mistakesOf(text)).toEqual([mistake])
  })
})
