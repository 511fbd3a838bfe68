import { expect, it } from 'vitest'
import { loadSource } from '../../src/config/load.ts'
import { parseText } from '../../src/config/read.ts'
import { checkShape } from '../../src/kit/src/index.ts'
import { loadTargets, translateAll } from './targets.ts'

const targets = await loadTargets()

// What is said of raw settings: `code severity message @the text at its place`.
async function saidOf(target: string, text: string): Promise<readonly string[]> {
  const found = targets.find(({ name }) => name === target)
  if (!found) throw new Error(target)
  const loaded = await loadSource(parseText('serverless.yml', text), { dir: '/nowhere', env: {} })
  return translateAll(found, loaded.service)
    .diagnostics.filter(({ code }) => code === 'SLS3007')
    .map(loaded.locate)
    .map(
      ({ severity, message, help, at }) => `${severity} ${message}; ${help?.join()} @${text.slice(at?.start, at?.end)}`,
    )
}

const onFunction = (overrides: string): string =>
  `service: a\nfunctions:\n  f:\n    overrides: { ${overrides} }\n    events: [{ timer: { every: 5m } }]\n`
const onTimer = (overrides: string): string =>
  `service: a\nfunctions:\n  f:\n    events: [{ timer: { every: 5m, overrides: { ${overrides} } } }]\n`
const onService = (key: string, text: string): string => `service: a\n${key}: { ${text} }\nfunctions: { f: }\n`

it.each([
  [
    'aws',
    onFunction('aws: { MemorySze: 1 }'),
    'error AWS::Serverless::Function has no "MemorySze"; did you mean "MemorySize"? @MemorySze',
  ],
  [
    'aws',
    onFunction('aws: { VpcConfig: { SubnetIdz: [a] } }'),
    'error AWS::Serverless::Function has no "SubnetIdz"; did you mean "SubnetIds"? @SubnetIdz',
  ],
  [
    'aws',
    onFunction('aws: { MemorySize: much }'),
    'error "MemorySize" of AWS::Serverless::Function is a number by its contract, not "much"; undefined @much',
  ],
  [
    'aws',
    onFunction('aws: { Entanglement: 1 }'),
    'warning AWS::Serverless::Function has no "Entanglement" that its contract knows; it is passed on, for the platform may be newer than the contract @Entanglement',
  ],
  [
    'aws',
    onTimer('aws: { RetryPolcy: x }'),
    'error an event of type ScheduleV2 has no "RetryPolcy"; did you mean "RetryPolicy"? @RetryPolcy',
  ],
  [
    'aws',
    onService('overrides', 'aws: { Resources: { FFuntion: { Properties: { Timeout: 1 } } } }'),
    'error the template has no "FFuntion" to lay settings over; did you mean "FFunction"? @FFuntion',
  ],
  [
    'aws',
    onService('overrides', 'aws: { Resources: { FFunction: { Properties: { Timeot: 1 } } } }'),
    'error AWS::Serverless::Function has no "Timeot"; did you mean "Timeout"? @Timeot',
  ],
  [
    'aws',
    onService('overrides', 'aws: { Resorces: {} }'),
    'error a template has no "Resorces"; did you mean "Resources"? @Resorces',
  ],
  [
    'aws',
    onService('resources', 'aws: { T: { Type: "AWS::Serverless::SimpleTable", Properties: { TabelName: t } } }'),
    'error AWS::Serverless::SimpleTable has no "TabelName"; did you mean "TableName"? @TabelName',
  ],
  [
    'aws',
    onService('resources', 'aws: { T: { Type: "AWS::S3::Bucket", Propertis: {} } }'),
    'error the resource "T" has no "Propertis"; did you mean "Properties"? @Propertis',
  ],
  [
    'aliyun-3.0',
    onFunction('aliyun: { internetAcess: false }'),
    'error a component fc3 has no "internetAcess"; did you mean "internetAccess"? @internetAcess',
  ],
  [
    'aliyun-3.0',
    onFunction('aliyun: { memorySize: { a: 1 } }'),
    'error "memorySize" of a component fc3 is a number by its contract, not a map; undefined @{ a: 1 } } }',
  ],
  [
    'aliyun-3.0',
    onFunction('aliyun: { MemorySiz: 1 }'),
    'error a component fc3 has no "MemorySiz"; did you mean "memorySize"? @MemorySiz',
  ],
  [
    'aliyun-3.0',
    onTimer('aliyun: { triggerConfig: { enabel: true } }'),
    'error a trigger of f has no "enabel"; did you mean "enable"? @enabel',
  ],
  [
    'aliyun-3.0',
    onService('overrides', 'aliyun: { resources: { f: { props: { timeot: 1 } } } }'),
    'error a component fc3 has no "timeot"; did you mean "timeout"? @timeot',
  ],
  [
    'aliyun-3.0',
    onService('overrides', 'aliyun: { resources: { ff: { props: {} } } }'),
    'error the service has no "ff" to lay settings over; there are f, custom-domain @ff',
  ],
  [
    'aliyun-2.0',
    onFunction('aliyun: { MemorySiz: 1 }'),
    'error Aliyun::Serverless::Function has no "MemorySiz"; did you mean "MemorySize"? @MemorySiz',
  ],
  [
    'aliyun-2.0',
    onTimer('aliyun: { Payloat: x }'),
    'error an event of type Timer has no "Payloat"; did you mean "Payload"? @Payloat',
  ],
  [
    'aliyun-2.0',
    onService('overrides', 'aliyun: { Resources: { a-dev: { Properties: { IntrnetAccess: false } } } }'),
    'error Aliyun::Serverless::Service has no "IntrnetAccess"; did you mean "InternetAccess"? @IntrnetAccess',
  ],
  [
    'tencent',
    onFunction('tencent: { publicAcces: false }'),
    'error a function of multi-scf has no "publicAcces"; did you mean "publicAccess"? @publicAcces',
  ],
  [
    'tencent',
    onService('overrides', 'tencent: { inputs: { functions: { f: { eipp: true } } } }'),
    'error a function of multi-scf has no "eipp"; did you mean "eip"? @eipp',
  ],
])('%s: %s', async (target, text, said) => {
  expect(await saidOf(target, text)).toEqual([said])
})

it.each([
  [
    'aws',
    onFunction(
      'aws: { Tracing: Active, Timeout: null, Layers: [{ Ref: L }], MemorySize: "1024", Role: { "Fn::GetAtt": [R, Arn] } }',
    ),
  ],
  ['aws', onService('overrides', 'aws: { Globals: { Function: { Timeout: 5 } } }')],
  ['aliyun-3.0', onFunction('aliyun: { internetAccess: false, MemorySize: 512, cpu: "$${env.CPU}" }')],
  ['aliyun-2.0', onFunction('aliyun: { InstanceType: c1, memorySize: 512 }')],
  ['tencent', onFunction('tencent: { eip: true, environment: { variables: { A: "${secret:B}" } } }')],
])('says nothing on %s of what is right: %s', async (target, text) => {
  expect(await saidOf(target, text)).toEqual([])
})

it('knows every name that a translation itself writes', async () => {
  const shape = { a: 'n', list: [{ b: 's' }], open: { '*': 'b' } } as const
  expect(checkShape({ a: 1, list: [{ b: 'x' }], open: { any: true } }, shape, { pointer: '', name: 'x' })).toEqual([])
  expect(
    checkShape({ list: [{ b: [] }], open: { any: 1 } }, shape, { pointer: '/p', name: 'x' }).map(
      ({ pointer }) => pointer,
    ),
  ).toEqual(['/p/list/0/b', '/p/open/any'])
})
