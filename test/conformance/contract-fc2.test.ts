import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { expect, it } from 'vitest'
import { setAlias } from '../../src/actions/versions.ts'
import { ROUTES } from '../emulators/fc2/routes.ts'
import { aliyun2 } from './aliyun-2.ts'
import { Bench, type Tree } from './edition.ts'

interface Operation {
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, unknown>>
  readonly body?: object
}

// A second opinion on what is sent: the API's description, which is not part of the project.
const root = process.env['ANYFAAS_CONTRACTS'] ?? join(import.meta.dirname, '../../../shared/contracts')
const path = join(root, 'aliyun/openapi/fc-2016-08-15.derived.contract.json')
const isThere = existsSync(path)
if (!isThere) console.log('left out: the contract of Function Compute 2016-08-15')

it.runIf(isThere)('every request is one that the description of the API knows, with a body that it takes', async () => {
  const { operations, definitions } = JSON.parse(readFileSync(path, 'utf8')) as {
    operations: Record<string, Operation>
    definitions: object
  }
  const bench = await new Bench({
    ...aliyun2,
    settings: {
      ...aliyun2.settings,
      role: 'acs:ram::1:role/a',
      vpc: { id: 'v', subnets: ['s'], securityGroups: ['g'] },
    },
  }).start()
  const functions = { rich: aliyun2.rich, web: { events: [{ http: 'GET /' }] } }
  bench.write(functions, { domain: { name: 'a.example.com', protocol: 'HTTP' } })
  await bench.deploy()
  bench.write({ ...functions, rich: { ...aliyun2.rich, memorySize: 1024, async: { retries: 2 } } })
  await bench.deploy()
  // A service that has an alias and versions is not removed in one call.
  await setAlias({ dir: bench.dir, function: 'web', name: 'live', version: 'latest' }, bench.io)
  await bench.remove()
  const ajv = new Ajv({ strict: false, formats: { int32: true, int64: true, float: true, double: true } })
  // Edition 3.0, which is asked once whether it has the service too, and roles have contracts of their own.
  const isOthers = /^(\/2023-03-30\/.*|\/)$/
  const asked = bench.emulator.requests.filter(({ path: own }) => !isOthers.test(own))
  const problems = asked.flatMap(({ action, method, path: own, query, body }) => {
    const operation = Object.values(operations).find((one) => one.method === method && patternOf(one.path).test(own))
    if (!operation) return [`${action}: unknown`]
    const strangers = [...query.keys()].filter((name) => !(name in operation.query))
    if (body.length === 0 || !operation.body) return strangers.map((name) => `${action}: query ${name}`)
    const validate = ajv.compile({ definitions, ...operation.body })
    const sent = JSON.parse(body.toString()) as Tree
    const known = Object.keys((operation.body as { properties: object }).properties).map((name) => name.toLowerCase())
    const unknown = Object.keys(sent).filter((name) => !known.includes(name.toLowerCase()))
    return [
      ...(validate(sent) ? [] : [`${action}: ${ajv.errorsText(validate.errors)}`]),
      ...unknown.map((name) => `${action}: ${name} is unknown`),
    ]
  })
  expect(problems).toEqual([])
  const made = new Set(bench.emulator.requests.map(({ action }) => action))
  expect(ROUTES.filter(({ action }) => made.has(action)).length).toBeGreaterThanOrEqual(23)
  await bench.close()
})

function patternOf(template: string): RegExp {
  return new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`)
}
