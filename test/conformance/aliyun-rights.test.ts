import { afterEach, describe, expect, it } from 'vitest'
import { doctor } from '../../src/actions/doctor.ts'
import { allows } from '../emulators/aliyun/policies.ts'
import type { WireRequest } from '../emulators/emulator.ts'
import { aliyun2 } from './aliyun-2.ts'
import { aliyun3, WAITING } from './aliyun-3.ts'
import { Bench, type Tree } from './edition.ts'

// Whether what the doctor prints is enough: each request of a deploy is held against it.

const ACCOUNT = '1234567890123456'
const DOMAIN = { domain: { name: 'api.example.com', protocol: 'HTTP' } }

describe.each([aliyun3, aliyun2])('the rights that the doctor prints on $name', (edition) => {
  let bench: Bench
  afterEach(() => bench.close())

  const examined = async (): Promise<string> => {
    const { platforms } = await doctor({ dir: bench.dir }, bench.io)
    return JSON.stringify(platforms[0]?.examination.policy)
  }
  /** What some work asks for and a policy does not allow. */
  const lacking = async (policy: string, work: () => Promise<unknown>): Promise<readonly string[]> => {
    const before = bench.emulator.requests.length
    await work()
    const asked = bench.emulator.requests.slice(before).flatMap(rightsFor)
    return asked.filter(([action, resource]) => !allows(policy, action, resource)).map((right) => right.join(' '))
  }

  it.each(['shop', 'my.shop', `a-service-${'very-'.repeat(10)}long`])(
    'are enough to deploy all of it, to take away what the file no longer names, and to remove it: %s',
    async (service) => {
      bench = await new Bench(edition).start()
      const api = { events: [{ http: 'GET /a' }] }
      const logs = { logs: { project: 'my-project', store: 'my-store' } }
      const rich = { ...edition.rich, ...logs, events: [] }
      bench.write({ rich, waiting: { ...WAITING, ...logs }, api: { ...api, ...logs } }, { service, ...DOMAIN })
      expect(await lacking(await examined(), () => bench.deploy())).toEqual([])
      bench.write({ api: {} }, { service })
      expect(await lacking(await examined(), () => bench.deploy())).toEqual([])
      expect(bench.emulator.mutations).toContain('DeleteCustomDomain')
      expect(await lacking(await examined(), () => bench.remove())).toEqual([])
    },
  )

  it('are on the things of the service alone', async () => {
    bench = await new Bench(edition).start()
    bench.write({ rich: edition.rich, waiting: WAITING }, DOMAIN)
    const policy = await examined()
    const place = `acs:fc:cn-hangzhou:${ACCOUNT}`
    for (const [action, resource] of [
      ['fc:UpdateFunction', `${place}:functions/other-dev-a`],
      ['fc:UpdateFunction', `${place}:services/other-dev/functions/a`],
      ['fc:DeleteCustomDomain', `${place}:custom-domains/www.example.com`],
      ['ram:DeleteRole', `acs:ram:*:${ACCOUNT}:role/other-dev-a-oss`],
      ['ram:PassRole', `acs:ram:*:${ACCOUNT}:role/admin`],
      ['log:CreateLogStore', `acs:log:cn-hangzhou:${ACCOUNT}:project/other/logstore/x`],
    ] as const)
      expect([action, allows(policy, action, resource)]).toEqual([action, false])
  })
})

/** What a request needs, as pairs of an action and a resource. */
function rightsFor(request: WireRequest): readonly (readonly [string, string])[] {
  const { action, path, method, headers } = request
  if (action === 'GetCallerIdentity') return []
  if (action.startsWith('2015-05-01 ')) return accessRights(action.slice('2015-05-01 '.length), request.query)
  if (action.endsWith(' logs')) {
    const project = `acs:log:cn-hangzhou:${ACCOUNT}:project/${headers['host']?.split('.')[0]}`
    if (path === '/') return [['log:CreateProject', project]]
    const thing = path.endsWith('/index') ? 'Index' : 'LogStore'
    return [
      [`log:${method === 'GET' ? 'Get' : 'Create'}${thing}`, `${project}${path.replace('/logstores', '/logstore')}`],
    ]
  }
  const body = request.body.length > 0 ? (JSON.parse(request.body.toString()) as Tree) : {}
  const roles = [body['role'], body['invocationRole']].flatMap((role) =>
    typeof role === 'string' && role !== '' ? [role.replace('acs:ram::', 'acs:ram:*:')] : [],
  )
  const place = `acs:fc:cn-hangzhou:${ACCOUNT}:`
  return [
    ...roles.map((role) => ['ram:PassRole', role] as const),
    ...targetsOf(request, body).map((target) => [actionOf(action), `${place}${target}`] as const),
  ]
}

// The emulator of edition 2.0 does not name the calls of 3.0.
function actionOf(action: string): string {
  return `fc:${action === 'GET 3.0' ? 'ListFunctions' : action}`
}

function targetsOf({ path, method, query }: WireRequest, body: Tree): readonly string[] {
  const target = path.replace(/^\/[\d-]+\//, '')
  if (target === 'tags-v2') {
    const ids = (body['ResourceId'] ?? JSON.parse(query.get('ResourceId') ?? '[]')) as string[]
    return ids.map((id) => id.split(':').slice(4).join(':'))
  }
  const name = body['functionName'] ?? body['serviceName'] ?? body['domainName']
  const isList = target.split('/').length % 2 === 1
  const own = body['triggerName'] ?? name
  return [isList ? `${target}/${method === 'POST' ? own : '*'}` : target]
}

function accessRights(action: string, query: URLSearchParams): readonly (readonly [string, string])[] {
  const place = `acs:ram:*:${ACCOUNT}:`
  const named = JSON.parse(query.get('ResourceNames') ?? '[]') as string[]
  const roles = [query.get('RoleName') ?? [], named].flat().map((name) => `${place}role/${name}`)
  const policies = [query.get('PolicyName') ?? []].flat().map((name) => `${place}policy/${name}`)
  const all = action === 'ListRoles' ? [`${place}role/*`] : [...roles, ...policies]
  return all.map((resource) => [`ram:${action}`, resource])
}
