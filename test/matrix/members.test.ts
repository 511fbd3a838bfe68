import { describe, expect, it } from 'vitest'
import { mistakesOf } from '../config/files.ts'

const file = (member: string, aggregate = '', provider = '{}'): string => `service: a
provider: ${provider}
functions:
  list: { handler: list.handler, events: [http], ${member} }
aggregation:
  web: { functions: [list], ${aggregate} }
`

const idle = (key: string): string =>
  `SLS1048 warning function "list" is deployed as a part of aggregate "web", so its "${key}" does not apply @${key}`

describe('what a member of an aggregate sets', () => {
  it.each([
    ['timeout: 60', 'timeout'],
    ['memorySize: 1024', 'memorySize'],
    ['cpu: 1', 'cpu'],
    ['diskSize: 1024', 'diskSize'],
    ['runtime: nodejs18', 'runtime'],
    ['role: r', 'role'],
    ['vpc: { id: v }', 'vpc'],
    ['logs: { project: p, store: s }', 'logs'],
    ['tags: { a: b }', 'tags'],
    ['concurrency: 2', 'concurrency'],
    ['async: { retries: 1 }', 'async'],
    ['url: true', 'url'],
    ['description: lists', 'description'],
    ['overrides: { aws: { A: 1 } }', 'overrides'],
    ['layers: ["arn:aws:lambda:x:1:layer:y:1"]', 'layers'],
  ])('%s does not apply', async (member, key) => {
    expect(await mistakesOf(file(member))).toEqual([idle(key)])
  })

  it.each([
    'environment: { A: b }',
    'initializer: list.init',
    'signature: fetch',
    'secrets: [T]',
    'package: { include: ["x"] }',
    'initTimeout: 5',
  ])('%s is kept', async (member) => {
    expect(await mistakesOf(file(member))).toEqual([])
  })

  it.each([
    ['timeout: 60', 'timeout: 60', '{}'],
    ['timeout: 60', '', '{ timeout: 60 }'],
    ['tags: { a: b }', 'tags: { a: b, c: d }', '{}'],
    ['timeout: 60', 'deployOrigin: true', '{}'],
  ])('%s is there all the same', async (member, aggregate, provider) => {
    expect(await mistakesOf(file(member, aggregate, provider))).toEqual([])
  })

  it('is lost behind an initTimeout of the aggregate', async () => {
    expect(await mistakesOf(file('initTimeout: 5', 'initTimeout: 9'))).toEqual([idle('initTimeout')])
  })

  it.each([
    ['runtime: custom', 'runtime'],
    ['custom: { port: 8080 }', 'custom'],
    ['image: x/y', 'image'],
    ['container: { image: x/y }', 'container'],
  ])('%s makes it no member', async (member, key) => {
    expect(await mistakesOf(file(member))).toContain(
      `SLS1049 error function "list" is a server of its own and cannot be in aggregate "web" @${key}`,
    )
  })
})
