import { clock, isSlsError } from '@anyfaas/kit'
import { afterEach, describe, expect, it } from 'vitest'
import { doctor } from '../../src/actions/doctor.ts'
import type { Roles } from '../emulators/aliyun/roles.ts'
import type { EmulatorOptions } from '../emulators/emulator.ts'
import { Fc2Emulator } from '../emulators/fc2/emulator.ts'
import { Fc3Emulator } from '../emulators/fc3/emulator.ts'
import { aliyun2 } from './aliyun-2.ts'
import { aliyun3, WAITING } from './aliyun-3.ts'
import { Bench, type Tree } from './edition.ts'

// Other products call functions in the name of roles: those that a deploy makes for its triggers.

const EDITIONS = [
  { edition: aliyun3, make: (options?: EmulatorOptions) => new Fc3Emulator(options), arn: 'functions/shop-dev-thumb' },
  {
    edition: aliyun2,
    make: (options?: EmulatorOptions) => new Fc2Emulator(options),
    arn: 'services/shop-dev/functions/thumb',
  },
]

const os = (bucket: string, more: Tree = {}): Tree => ({ os: { bucket, events: ['created'], ...more } })
const THUMB: Record<string, Tree> = { thumb: { events: [os('photos')] } }
const NAME = 'shop-dev-thumb-oss'
const ACCOUNT = '1234567890123456'
const OWN = 'acs:ram::1:role/mine'

describe.each(EDITIONS)('$edition.name', ({ edition, make, arn }) => {
  let bench: Bench
  let roles: Roles
  const open = async (functions = THUMB): Promise<void> => {
    const emulate = (options?: EmulatorOptions): Fc2Emulator | Fc3Emulator => {
      const emulator = make(options)
      roles = emulator.neighbours.roles
      return emulator
    }
    bench = await new Bench({ ...edition, emulate }).start()
    bench.write(functions)
  }
  const { wait } = clock
  afterEach(() => {
    Object.assign(clock, { wait })
    return bench.close()
  })

  const role = (name = NAME): { trust: Tree; policy: Tree; attached: readonly string[] } => {
    const { AssumeRolePolicyDocument, attached } = roles.roles.get(name) ?? {
      AssumeRolePolicyDocument: '{}',
      attached: [],
    }
    const policy = JSON.parse(roles.policies.get(name)?.documents.at(-1) ?? '{}') as Tree
    return { trust: JSON.parse(AssumeRolePolicyDocument) as Tree, policy, attached: [...attached] }
  }
  const failureOf = async (work: Promise<unknown>): Promise<unknown> => {
    const failure = await work.catch((error: unknown) => error)
    return isSlsError(failure) ? failure.diagnostics.map(({ code, message }) => `${code} ${message}`).join() : failure
  }

  it('a trigger gets a role that its product may take, and that may call its function only', async () => {
    await open()
    await bench.deploy()
    expect(await bench.plan()).toEqual([])
    const { trust, policy, attached } = role()
    expect(trust).toMatchObject({ Statement: [{ Principal: { Service: ['oss.aliyuncs.com'] } }] })
    const { Statement } = policy as { Statement: Tree[] }
    expect(Statement).toHaveLength(1)
    expect(Statement[0]).toMatchObject({ Action: ['fc:InvokeFunction'], Effect: 'Allow' })
    expect(JSON.stringify(Statement[0]?.['Resource'])).toContain(`acs:fc:cn-hangzhou:1234567890123456:${arn}`)
    expect(attached).toEqual([`Custom/${NAME}`])
    expect(roles.roles.get(NAME)?.tags).toContainEqual({ Key: 'anyfaas-function', Value: 'thumb' })
    expect(JSON.stringify(bench.emulator.state())).toContain(`acs:ram::1234567890123456:role/${NAME}`)
    await bench.remove()
    expect(roles.state()).toEqual({ roles: {}, policies: {} })
  })

  it('triggers of one product share a role, each product has its own, and what is read is read by its name', async () => {
    const events = [...(WAITING['events'] as Tree[]), os('scans'), { log: { source: 'b', project: 'other', log: 'r' } }]
    await open({ thumb: { events } })
    await bench.deploy()
    expect(await bench.plan()).toEqual([])
    expect([...roles.roles.keys()].sort()).toEqual(
      ['cdn-events', 'log', 'mns-topic', 'oss', 'tablestore'].map((type) => `shop-dev-thumb-${type}`),
    )
    const logs = JSON.stringify(role('shop-dev-thumb-log').policy)
    expect(logs).toContain('"acs:log:cn-hangzhou:1234567890123456:project/shop"')
    expect(logs).toContain('"acs:log:cn-hangzhou:1234567890123456:project/other"')
    const tables = role('shop-dev-thumb-tablestore').policy as { Statement: { Resource: string[] }[] }
    const orders = 'acs:ots:cn-hangzhou:1234567890123456:instance/db/table/orders'
    expect(tables.Statement.at(-1)?.Resource).toEqual([orders, `${orders}/*`])
    bench.write(THUMB)
    await bench.deploy()
    expect([...roles.roles.keys()]).toEqual([NAME])
    expect([...roles.policies.keys()]).toEqual([NAME])
  })

  it('a role of the file is used as it is, and ours goes when it has no work any more', async () => {
    await open({ thumb: { events: [os('photos', { role: OWN })] } })
    await bench.deploy()
    expect(roles.state()).toEqual({ roles: {}, policies: {} })
    expect(JSON.stringify(bench.emulator.state())).toContain(OWN)
    bench.write(THUMB)
    await bench.deploy()
    expect(await bench.plan()).toEqual([])
    bench.write({ thumb: { events: [os('photos', { role: OWN })] } })
    expect(await bench.plan()).toContain(`delete role/${NAME}`)
    await bench.deploy()
    expect(roles.state()).toEqual({ roles: {}, policies: {} })
    expect(await bench.plan()).toEqual([])
  })

  it('an event of a bucket moves to another function in one deploy', async () => {
    await open({ ...THUMB, other: {} })
    await bench.deploy()
    bench.write({ thumb: {}, other: { events: [os('photos')] } })
    await bench.deploy()
    expect(await bench.plan()).toEqual([])
    expect([...roles.roles.keys()]).toEqual(['shop-dev-other-oss'])
  })

  it('an event of a bucket takes over the objects of one that leaves, in one deploy', async () => {
    const filter = (prefix: string): Tree => ({ filter: { prefix } })
    await open({ thumb: { events: [os('photos', filter('in/'))] }, other: { events: [os('photos', filter('out/'))] } })
    await bench.deploy()
    bench.write({ thumb: { events: [os('photos')] }, other: {} })
    await bench.deploy()
    expect(await bench.plan()).toEqual([])
    bench.write({ thumb: { events: [os('photos')] }, other: { events: [os('photos', filter('in/'))] } })
    const failure = await bench.deploy().catch((error: unknown) => error)
    expect(isSlsError(failure) && failure.message).toContain('a rule for these objects already')
  })

  it.each<readonly [string, (known: Roles) => void]>([
    ['gave it other rights', (known) => known.roles.get(NAME)?.attached.add('System/AdministratorAccess')],
    ['took its rights', (known) => known.roles.get(NAME)?.attached.clear()],
    [
      'changed its rights',
      (known) =>
        known.policies
          .get(NAME)
          ?.documents.push('{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'),
    ],
    [
      'changed who may take it',
      (known) =>
        Object.assign(known.roles.get(NAME) ?? {}, {
          AssumeRolePolicyDocument:
            '{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"RAM":["acs:ram::1:root"]}}]}',
        }),
    ],
  ])('somebody who %s is noticed, and it is put right', async (_, change) => {
    await open()
    await bench.deploy()
    const before = roles.state()
    change(roles)
    expect(await bench.plan()).toEqual([expect.stringContaining(`update role/${NAME}`)])
    await bench.deploy()
    expect(roles.state()).toEqual(before)
    expect(await bench.plan()).toEqual([])
  })

  it('a role takes its time to be known, which is waited for', { timeout: 60_000 }, async () => {
    await open()
    roles.spreadMs = 2000
    await bench.deploy()
    expect(await bench.plan()).toEqual([])
  })

  it('somebody else’s role or policy by that name is refused, and the role is taken over when asked', async () => {
    await open()
    await bench.deploy()
    const theirs = roles.roles.get(NAME)
    if (!theirs) throw new Error('no role was made')
    theirs.tags = []
    expect(await failureOf(bench.deploy())).toContain('SLS5003')
    await bench.deploy({ adopt: true })
    expect(await bench.plan()).toEqual([])
    await bench.remove()
    roles.policies.set(NAME, { PolicyName: NAME, Description: 'by hand', documents: ['{}'] })
    expect(await failureOf(bench.deploy())).toContain(`the policy ${NAME} is there already`)
    expect(roles.policies.get(NAME)?.documents).toEqual(['{}'])
  })

  it('who may not touch roles deploys what needs none, and reads what is refused otherwise', async () => {
    await open({ thumb: { events: [os('photos', { role: OWN })] } })
    roles.isDenied = true
    await bench.deploy()
    expect(await bench.plan()).toEqual([])
    expect(JSON.stringify(bench.events)).toContain('roles are left that were made for triggers could not be asked')
    bench.write(THUMB)
    const failure = await bench.deploy().catch((error: unknown) => error)
    if (!isSlsError(failure)) throw failure
    expect(failure.diagnostics).toMatchObject([{ code: 'SLS5007', message: expect.stringContaining(`role/${NAME}`) }])
    const [trust, policy] = (failure.diagnostics[0]?.notes ?? []).map(
      ({ message }) => JSON.parse(message.slice(message.indexOf('{'))) as { Statement: Tree[] },
    )
    expect(trust?.Statement).toMatchObject([{ Action: 'sts:AssumeRole' }])
    expect(JSON.stringify(policy?.Statement)).toContain(arn)
    expect(bench.emulator.mutations.some((action) => action.startsWith('2015'))).toBe(false)
  })

  it('names that roles cannot have get one that they can', async () => {
    const name = `Make_Thumbnails${'OfAllThatIsSent'.repeat(3)}`
    await open({ [name]: { events: [os('photos')] } })
    await bench.deploy()
    expect(await bench.plan()).toEqual([])
    expect([...roles.roles.keys()]).toEqual([expect.stringMatching(/^shop-dev-make-thumbnails[a-z0-9-]+$/)])
  })

  it.each(['throttle', 'unavailable', 'cut before', 'cut after'] as const)(
    '%s at a third of the requests leaves nothing wrong and nothing behind',
    async (fault) => {
      await open({ thumb: WAITING })
      Object.assign(clock, { wait: () => new Promise((done) => setImmediate(done)) })
      const isUnlucky = (index: number): boolean => Math.imul(index + 1, 0x9e3779b1) >>> 0 < 2 ** 32 / 3
      const unlucky = { fault: (_: unknown, index: number) => (isUnlucky(index) ? fault : undefined) }
      bench.emulator.options = unlucky
      await bench.deploy()
      bench.emulator.options = {}
      expect(await bench.plan()).toEqual([])
      bench.emulator.options = unlucky
      await bench.remove()
      expect(roles.state()).toEqual({ roles: {}, policies: {} })
    },
  )

  it('the rights that a deploy needs for it are among those to paste, and only then', async () => {
    await open()
    const policy = async (): Promise<string> => JSON.stringify(await doctor({ dir: bench.dir }, bench.io))
    expect(await policy()).toContain('acs:ram:*:1234567890123456:role/shop-dev-*')
    bench.write({ thumb: {} })
    expect(await policy()).not.toContain('ram:CreateRole')
  })

  it('the rights to find and remove what was made are among them always, and none is wider than the file', async () => {
    const rich = { role: 'acs:ram::1234567890123456:role/fn', logs: { project: 'p-1', store: 's-1' } }
    await open({ thumb: edition === aliyun2 ? {} : rich })
    if (edition === aliyun2) bench.rewrite(rich)
    const statements = async (): Promise<{ Action: string[]; Resource: string[] }[]> => {
      const { platforms } = await doctor({ dir: bench.dir }, bench.io)
      const { policy } = platforms[0]?.examination ?? {}
      return (policy as { Statement: { Action: string[]; Resource: string[] }[] }).Statement
    }
    const on = async (action: string): Promise<string[]> =>
      (await statements()).flatMap(({ Action, Resource }) => (Action.includes(action) ? Resource : []))
    expect(await on('ram:DeleteRole')).toEqual(
      ['role', 'policy'].map((kind) => `acs:ram:*:${ACCOUNT}:${kind}/shop-dev-*`),
    )
    expect(await on('ram:ListRoles')).toEqual([`acs:ram:*:${ACCOUNT}:role/*`])
    // Policies of the vendor's own are detached too, when somebody has attached one.
    expect(await on('ram:DetachPolicyFromRole')).toContain('acs:ram:*:system:policy/*')
    expect(await on('ram:PassRole')).toEqual([`acs:ram:*:${ACCOUNT}:role/fn`])
    const project = `acs:log:cn-hangzhou:${ACCOUNT}:project/p-1`
    expect(await on('log:CreateLogStore')).toEqual([project, `${project}/*`])
    expect(await on('fc:*CustomDomain')).toEqual([])
    // A service whose name begins like this one is somebody else's.
    expect(JSON.stringify(await statements())).not.toMatch(/shop-(\*|admin)/)
    bench.write({ thumb: {} }, { domain: { name: 'shop.example.com', protocol: 'HTTP' } })
    expect(await on('fc:*CustomDomain')).toEqual([`acs:fc:cn-hangzhou:${ACCOUNT}:custom-domains/shop.example.com`])
    expect(await on('ram:PassRole')).toEqual([])
    expect(await on('log:CreateLogStore')).toEqual([])
  })

  it('a role whose creation was not answered is looked up by its name, however many there are', async () => {
    await open()
    const listed = (): number => bench.emulator.requests.filter(({ action }) => action.endsWith('ListRoles')).length
    let cuts = 0
    bench.emulator.options = {
      fault: ({ action }) => (action.endsWith(' CreateRole') && cuts++ === 0 ? 'cut after' : undefined),
    }
    await bench.deploy()
    expect(cuts).toBe(2)
    expect(listed()).toBe(1)
    expect(await bench.plan()).toEqual([])
  })
})
