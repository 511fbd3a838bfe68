import { isSlsError, marksOf } from '@anyfaas/kit'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { LambdaEmulator } from '../emulators/lambda/emulator.ts'
import { ACCOUNT } from '../emulators/lambda/world.ts'
import { aws } from './aws.ts'
import { Bench, type Tree } from './edition.ts'

// What others made by hand on our API, on our domain or beside them, and a second deploy that begins at the same time.

let bench: Bench
let emulator: LambdaEmulator

beforeEach(async () => {
  emulator = new LambdaEmulator()
  bench = await new Bench({ ...aws, emulate: () => emulator }).start()
})

afterEach(() => bench.close())

/** A call of API Gateway by somebody else's hand. */
function byHand(action: string, input: Tree): Tree {
  const made = emulator.gateway.calls[action]?.(input)
  if (!made) throw new Error(action)
  return made
}

function ourApi(): Tree {
  const [api] = emulator.gateway.apis.values()
  if (!api) throw new Error('there is no API')
  return api.about
}

async function codesOf(work: Promise<unknown>): Promise<unknown> {
  const failure = await work.catch((error: unknown) => error)
  return isSlsError(failure) ? failure.diagnostics.map(({ code }) => code) : failure
}

const one = { a: { events: [{ http: 'GET /a' }] } }
const theirUri = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:theirs`
const jwtOf = (issuer: string): Tree => ({ issuer, audience: ['one'] })

function makeRoute(RouteKey: string): Tree {
  const { ApiId } = ourApi()
  const integration = { IntegrationType: 'AWS_PROXY', IntegrationUri: theirUri, PayloadFormatVersion: '2.0' }
  const { IntegrationId } = byHand('CreateIntegration', { ApiId, ...integration })
  return byHand('CreateRoute', { ApiId, RouteKey, Target: `integrations/${IntegrationId}` })
}

it('an authorizer that somebody made on our API stays, also one by the name that ours has in the template', async () => {
  bench.write(one)
  await bench.deploy()
  const { ApiId } = ourApi()
  const JwtConfiguration = { Issuer: 'https://theirs.example.com', Audience: ['x'] }
  for (const Name of ['theirs', 'Jwt'])
    byHand('CreateAuthorizer', {
      ApiId,
      Name,
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.X'],
      JwtConfiguration,
    })
  expect(await bench.plan()).toEqual([])
  const auth = { jwt: jwtOf('https://id.example.com') }
  bench.write({ a: { events: [{ http: { path: '/a', method: 'get', auth } }] } })
  await bench.deploy()
  expect(await bench.plan()).toEqual([])
  bench.write(one)
  await bench.deploy()
  const [api] = emulator.gateway.apis.values()
  expect([...(api?.authorizers.values() ?? [])].map(({ Name }) => Name)).toEqual(['theirs', 'Jwt'])
})

it('an authorizer of an earlier version, which put no mark into its name, is taken on', async () => {
  const routes = (issuer: string): Tree => ({ http: { path: '/a', method: 'get', auth: { jwt: jwtOf(issuer) } } })
  bench.write({ a: { events: [routes('https://id.example.com')] } })
  await bench.deploy()
  const before = emulator.gateway.state()
  const [api] = emulator.gateway.apis.values()
  const [[id, made] = ['', {}]] = api?.authorizers ?? []
  api?.authorizers.set(id, { ...made, Name: 'Jwt' })
  expect(await bench.plan()).toEqual(['update authorizer/Jwt: Name'])
  await bench.deploy()
  expect(emulator.gateway.state()).toEqual(before)
  expect(await bench.plan()).toEqual([])
  // What is not as the file wants it may be anybody's by now.
  api?.authorizers.set(id, { ...made, Name: 'Jwt' })
  bench.write({ a: { events: [routes('https://other.example.com')] } })
  await bench.deploy()
  expect(await bench.plan()).toEqual([])
  expect([...(api?.authorizers.values() ?? [])].map(({ Name }) => Name)).toEqual(['Jwt', 'anyfaas-Jwt'])
})

it('a route that somebody made by hand is taken only when asked, and others of theirs stay', async () => {
  bench.write({ b: {}, ...one })
  await bench.deploy()
  makeRoute('GET /theirs')
  makeRoute('GET /b')
  bench.write({ b: { events: [{ http: 'GET /b' }] }, ...one })
  const before = JSON.stringify(emulator.state())
  const failure = await bench.deploy().catch((error: unknown) => error)
  expect(isSlsError(failure) && failure.diagnostics.map(({ code, message }) => [code, message])).toEqual([
    ['SLS5003', expect.stringContaining('route/GET /b is there already')],
  ])
  expect(JSON.stringify(emulator.state())).toBe(before)
  await bench.deploy({ adopt: true })
  expect(await bench.plan()).toEqual([])
  bench.write(one)
  await bench.deploy()
  const [api] = emulator.gateway.apis.values()
  expect([...(api?.routes.values() ?? [])].map(({ RouteKey }) => RouteKey).sort()).toEqual([
    ...['GET /a', 'GET /theirs', 'HEAD /a'],
  ])
})

it('a route that somebody makes between plan and step is not taken either', async () => {
  bench.write(one)
  await bench.deploy()
  bench.write({ b: { events: [{ http: 'GET /b' }] }, ...one })
  const confirm = async (): Promise<void> => void makeRoute('GET /b')
  expect(await codesOf(bench.deploy({ confirm }))).toContain('SLS5003')
  expect(JSON.stringify(emulator.state())).toContain('theirs')
})

/** Lets another first deploy of the same service make its API right before or after ours. */
function meanwhile(side: 'before' | 'after', CreatedDate: string): void {
  let isMade = false
  emulator.options = {
    boundary: ({ action }, _, at) => {
      if (action !== 'CreateApi' || at !== side || isMade) return
      isMade = true
      const Tags = marksOf({ name: 'shop', stage: 'dev' })
      const { ApiId } = byHand('CreateApi', { Name: 'shop-dev', ProtocolType: 'HTTP', Tags })
      const about = emulator.gateway.apis.get(String(ApiId))?.about
      Object.assign(about ?? {}, { CreatedDate })
    },
  }
}

const LONG_AGO = '2020-01-01T00:00:00Z'
const LATER = '2040-01-01T00:00:00Z'

it('of two first deploys at once the younger takes its API away again, says so, and goes on when run again', async () => {
  meanwhile('before', LONG_AGO)
  bench.write(one)
  const failure = await bench.deploy().catch((error: unknown) => error)
  expect(JSON.stringify(failure)).toContain('SLS5004')
  expect(JSON.stringify(failure)).toContain('another deploy of this service and stage made the HTTP API')
  expect([...emulator.gateway.apis.values()].map(({ about }) => about['CreatedDate'])).toEqual([LONG_AGO])
  await bench.deploy()
  expect(emulator.gateway.apis.size).toBe(1)
  expect(await bench.plan()).toEqual([])
})

it('the younger API goes although the platform is busy at that moment', async () => {
  meanwhile('before', LONG_AGO)
  const { boundary } = emulator.options
  let refused = 0
  const fault: typeof emulator.options.fault = ({ action }) =>
    action === 'DeleteApi' && refused++ === 0 ? 'unavailable' : undefined
  emulator.options = { ...(boundary && { boundary }), fault }
  bench.write(one)
  expect(JSON.stringify(await bench.deploy().catch((error: unknown) => error))).toContain('SLS5004')
  expect(refused).toBeGreaterThan(1)
  expect(emulator.gateway.apis.size).toBe(1)
})

it('the older of two first deploys goes on, and what the other leaves behind goes with the next plan', async () => {
  meanwhile('after', LATER)
  bench.write(one)
  await bench.deploy()
  const own = [...emulator.gateway.apis].find(([, { routes }]) => routes.size > 0)?.[0]
  const other = [...emulator.gateway.apis.keys()].find((id) => id !== own)
  expect(await bench.plan()).toEqual([`delete api/${other}`])
  await bench.deploy()
  expect([...emulator.gateway.apis.keys()]).toEqual([own])
})

it('an API too many goes after the domain has left it', async () => {
  bench.write(one, withDomain())
  await bench.deploy()
  const younger = ourApi()
  const Tags = younger['Tags']
  const { ApiId } = byHand('CreateApi', { Name: 'shop-dev', ProtocolType: 'HTTP', Tags })
  Object.assign(emulator.gateway.apis.get(String(ApiId))?.about ?? {}, { CreatedDate: LONG_AGO })
  const planned = await bench.plan()
  expect(planned).toContain(`delete api/${younger['ApiId']}`)
  expect(planned).toContainEqual(expect.stringMatching(/^update domain-mapping\/api.example.com: .*ApiId/))
  await bench.deploy()
  expect([...emulator.gateway.apis.keys()]).toEqual([ApiId])
  expect(await bench.plan()).toEqual([])
  await bench.remove()
  expect(JSON.stringify(emulator.gateway.state())).not.toContain('shop')
})

it('what two deploys at once made twice on the API becomes one', async () => {
  const auth = { jwt: jwtOf('https://id.example.com') }
  bench.write({ a: { events: [{ http: { path: '/a', method: 'get', auth } }] } })
  await bench.deploy()
  const before = emulator.gateway.state()
  const [api] = emulator.gateway.apis.values()
  for (const [kind, key] of [
    ['integrations', 'IntegrationId'],
    ['authorizers', 'AuthorizerId'],
  ] as const)
    for (const id of ['0', 'z']) {
      const [one] = api?.[kind].values() ?? []
      api?.[kind].set(id, { ...one, [key]: id })
    }
  const planned = await bench.plan()
  expect(planned.filter((line) => line.startsWith('delete')).map((line) => line.split(' (')[0])).toEqual([
    ...['delete authorizer/Jwt', 'delete authorizer/Jwt', 'delete integration/a', 'delete integration/a'],
  ])
  await bench.deploy()
  expect(await bench.plan()).toEqual([])
  expect(emulator.gateway.state()).toEqual(before)
})

const DOMAIN = 'api.example.com'

function withDomain(): Tree {
  return { domain: { name: DOMAIN, certificate: { arn: `arn:aws:acm:us-east-1:${ACCOUNT}:certificate/c` } } }
}

function theirApi(): unknown {
  const { ApiId } = byHand('CreateApi', { Name: 'theirs', ProtocolType: 'HTTP' })
  byHand('CreateStage', { ApiId, StageName: '$default' })
  return ApiId
}

function mapped(): unknown[] {
  const { Items } = byHand('GetApiMappings', { DomainName: DOMAIN }) as { Items: Tree[] }
  return Items.map(({ ApiMappingKey = '' }) => ApiMappingKey)
}

it('a domain that leaves the file stays as long as others lead from it, which is said, and goes after that', async () => {
  bench.write(one, withDomain())
  await bench.deploy()
  const { ApiMappingId } = byHand('CreateApiMapping', {
    DomainName: DOMAIN,
    ApiId: theirApi(),
    Stage: '$default',
    ApiMappingKey: 'theirs',
  })
  bench.write(one)
  bench.events.length = 0
  expect(await bench.plan()).toEqual([`delete domain-mapping/${DOMAIN}`])
  expect(JSON.stringify(bench.events)).toContain(`the domain ${DOMAIN}, which the file names no more, stays`)
  await bench.deploy()
  expect(mapped()).toEqual(['theirs'])
  expect(await bench.plan()).toEqual([])
  await bench.remove()
  expect(mapped()).toEqual(['theirs'])
  byHand('DeleteApiMapping', { DomainName: DOMAIN, ApiMappingId })
  bench.write(one)
  await bench.deploy()
  expect(JSON.stringify(emulator.gateway.state())).not.toContain(DOMAIN)
})

it('a path that somebody leads elsewhere between plan and step keeps the domain', async () => {
  bench.write(one, withDomain())
  await bench.deploy()
  bench.write(one)
  const confirm = async (): Promise<void> =>
    void byHand('CreateApiMapping', { DomainName: DOMAIN, ApiId: theirApi(), Stage: '$default', ApiMappingKey: 'new' })
  await bench.deploy({ confirm })
  expect(mapped()).toEqual(['new'])
})

it('a domain that somebody led to an API of theirs is led back only when asked, and left alone when it leaves', async () => {
  bench.write(one, withDomain())
  await bench.deploy()
  const { Items } = byHand('GetApiMappings', { DomainName: DOMAIN }) as { Items: Tree[] }
  const ApiId = theirApi()
  byHand('UpdateApiMapping', { ...Items[0], DomainName: DOMAIN, ApiId, Stage: '$default' })
  expect(await codesOf(bench.deploy())).toEqual(['SLS5003'])
  bench.write(one)
  expect(await bench.plan()).toEqual([])
  bench.write(one, withDomain())
  await bench.deploy({ adopt: true })
  expect(await bench.plan()).toEqual([])
})

it('a domain of somebody else with what leads from it is refused, and taken over when asked', async () => {
  byHand('CreateDomainName', { DomainName: DOMAIN, DomainNameConfigurations: [] })
  byHand('CreateApiMapping', { DomainName: DOMAIN, ApiId: theirApi(), Stage: '$default' })
  bench.write(one, withDomain())
  expect(await codesOf(bench.deploy())).toEqual(['SLS5003', 'SLS5003'])
  await bench.deploy({ adopt: true })
  expect(await bench.plan()).toEqual([])
})

it('a domain whose creation was not answered is found again', async () => {
  let isCut = false
  emulator.options = {
    fault: ({ action }) => {
      if (action !== 'CreateDomainName' || isCut) return undefined
      isCut = true
      return 'cut after'
    },
  }
  bench.write(one, withDomain())
  await bench.deploy()
  expect(await bench.plan()).toEqual([])
})

it('a bucket that the file names no more and that is in another region now is gone', async () => {
  bench.write({ a: { events: [{ os: { bucket: 'photos', events: ['created'] } }] }, b: {} })
  await bench.deploy()
  emulator.sources.elsewhere.add('photos')
  bench.write({ a: {}, b: {} })
  await bench.deploy()
  expect(await bench.plan()).toEqual([])
})
