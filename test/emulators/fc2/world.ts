import { Crc64 } from '../../../plugins/aliyun/src/account/crc64.ts'
import { checkBucket, checkFixed } from '../aliyun/fixed.ts'
import { Shelf } from '../aliyun/shelf.ts'
import { Refusal } from '../refusal.ts'

export type Tree = Record<string, unknown>

export const ACCOUNT = '1234567890123456'
export const REGION = 'cn-hangzhou'

/** The services with what stands in them: functions, their triggers and settings, versions and aliases. */
export class World {
  readonly services = new Map<string, Tree>()
  readonly functions = new Map<string, Tree & { busyUntil: number }>()
  readonly triggers = new Map<string, Tree>()
  readonly configs = new Map<string, Tree>()
  readonly domains = new Map<string, Tree>()
  readonly #shelves = new Map<string, Shelf>()
  readonly #settleMs: () => number
  #ids = 0

  constructor(settleMs: () => number) {
    this.#settleMs = settleMs
  }

  service(name: string): Tree {
    const service = this.services.get(name)
    if (!service) throw new Refusal(404, 'ServiceNotFound', `service '${name}' does not exist`)
    return service
  }

  createService(body: Tree): Tree {
    const name = String(body['serviceName'])
    if (this.services.has(name)) throw new Refusal(409, 'ServiceAlreadyExists', `service '${name}' already exists`)
    const empty = {
      description: '',
      role: '',
      internetAccess: true,
      nasConfig: { userId: -1, groupId: -1, mountPoints: [] },
    }
    this.services.set(name, { ...empty, ...body, ...this.#born('serviceId') })
    return this.service(name)
  }

  deleteService(name: string): undefined {
    this.service(name)
    const { versions, aliases } = this.shelf(name)
    if (this.functionsOf(name).length > 0 || versions.length > 0 || aliases.size > 0)
      throw new Refusal(409, 'ServiceNotEmpty', `service '${name}' has functions, versions or aliases`)
    this.services.delete(name)
    this.#shelves.delete(name)
  }

  function(service: string, name: string): Tree & { busyUntil: number } {
    this.service(service)
    const fn = this.functions.get(`${service}/${name}`)
    if (!fn) throw new Refusal(404, 'FunctionNotFound', `function '${name}' does not exist in service '${service}'`)
    return fn
  }

  functionsOf(service: string): Tree[] {
    return [...this.functions].filter(([key]) => key.startsWith(`${service}/`)).map(([, fn]) => fn)
  }

  createFunction(service: string, body: Tree): Tree {
    this.service(service)
    const name = String(body['functionName'])
    const key = `${service}/${name}`
    if (this.functions.has(key))
      throw new Refusal(409, 'FunctionAlreadyExists', `function '${name}' already exists in service '${service}'`)
    const { code, ...spec } = body
    if (code === undefined && spec['runtime'] !== 'custom-container')
      throw new Refusal(400, 'InvalidArgument', 'Either ossBucketName/ossObjectName or zipFile must be set')
    const empty = {
      description: '',
      initializer: '',
      initializationTimeout: 3,
      instanceConcurrency: 1,
      caPort: 9000,
      layers: [],
    }
    const hooks = { preFreeze: { handler: '', timeout: 3 }, preStop: { handler: '', timeout: 3 } }
    const defaults = { ...empty, memorySize: 128, timeout: 3, instanceType: 'e1', instanceLifecycleConfig: hooks }
    const fn = { ...defaults, ...spec, ...this.codeOf(code), ...this.#born('functionId'), busyUntil: this.#busy() }
    this.functions.set(key, fn)
    return fn
  }

  updateFunction(service: string, name: string, body: Tree): Tree {
    const fn = this.function(service, name)
    if (fn.busyUntil > performance.now())
      throw new Refusal(409, 'ConcurrentUpdateError', 'the function is being updated')
    const { code, ...spec } = body
    return Object.assign(fn, spec, this.codeOf(code), { lastModifiedTime: now(), busyUntil: this.#busy() })
  }

  deleteFunction(service: string, name: string): undefined {
    this.function(service, name)
    const key = `${service}/${name}`
    if (this.triggersOf(service, name).length > 0)
      throw new Refusal(412, 'FunctionNotEmpty', `function '${name}' has active triggers`)
    this.functions.delete(key)
    this.configs.delete(key)
  }

  /** Where objects of OSS are, for functions whose code comes from there. */
  object: (bucket: string, key: string) => Buffer | undefined = () => undefined

  codeOf(code: unknown): Tree {
    if (code === undefined) return {}
    const { zipFile, ossBucketName, ossObjectName } = code as Record<string, string>
    const bytes =
      zipFile === undefined ? this.object(ossBucketName ?? '', ossObjectName ?? '') : Buffer.from(zipFile, 'base64')
    if (!bytes) throw new Refusal(404, 'OSSObjectNotFound', `${ossBucketName}/${ossObjectName} does not exist`)
    return { codeChecksum: new Crc64().update(bytes).digest(), codeSize: bytes.length }
  }

  triggersOf(service: string, name: string): Tree[] {
    return [...this.triggers].filter(([key]) => key.startsWith(`${service}/${name}/`)).map(([, trigger]) => trigger)
  }

  trigger(service: string, name: string, trigger: string): Tree {
    this.function(service, name)
    const found = this.triggers.get(`${service}/${name}/${trigger}`)
    if (!found) throw new Refusal(404, 'TriggerNotFound', `trigger '${trigger}' does not exist`)
    return found
  }

  createTrigger(service: string, name: string, body: Tree): Tree {
    this.function(service, name)
    const { triggerName, triggerType, sourceArn, invocationRole } = body
    const key = `${service}/${name}/${triggerName}`
    if (this.triggers.has(key))
      throw new Refusal(409, 'TriggerAlreadyExists', `trigger '${triggerName}' already exists`)
    const others = this.triggersOf(service, name)
    const isHttp = triggerType === 'http'
    if (others.some((other) => isHttp || other['triggerType'] === 'http'))
      throw new Refusal(400, 'InvalidArgument', 'a function with an http trigger has no other triggers')
    if (!isHttp && triggerType !== 'timer' && (!sourceArn || !invocationRole))
      throw new Refusal(400, 'InvalidArgument', `${triggerType} triggers need sourceArn and invocationRole`)
    checkBucket(body, this.triggers.values())
    this.checkRole(body, `acs:fc:${REGION}:${ACCOUNT}:services/${service}/functions/${name}`)
    this.triggers.set(key, {
      qualifier: 'LATEST',
      ...body,
      triggerConfig: reversed(body['triggerConfig'], triggerType),
      ...this.#born('triggerId'),
    })
    return this.trigger(service, name, String(triggerName))
  }

  /** Throws when a product cannot call the function in the name of a trigger's role. */
  checkRole: (trigger: Tree, functionArn: string) => void = () => {}

  updateTrigger(service: string, name: string, id: string, body: Tree): Tree {
    const trigger = this.trigger(service, name, id)
    const changed = { ...trigger, ...body, triggerConfig: reversed(body['triggerConfig'], trigger['triggerType']) }
    checkFixed(trigger, changed)
    checkBucket(
      changed,
      [...this.triggers.values()].filter((other) => other !== trigger),
    )
    this.checkRole(changed, `acs:fc:${REGION}:${ACCOUNT}:services/${service}/functions/${name}`)
    return Object.assign(trigger, changed)
  }

  shelf(service: string): Shelf {
    this.service(service)
    const known = this.#shelves.get(service)
    if (known) return known
    const shelf = new Shelf()
    this.#shelves.set(service, shelf)
    return shelf
  }

  #born(id: string): Tree {
    return { [id]: `id-${++this.#ids}`, createdTime: now(), lastModifiedTime: now() }
  }

  #busy(): number {
    return performance.now() + this.#settleMs()
  }
}

/** Keys come back in another order than they were sent, with empty ones for those that were not. */
export function reversed(config: unknown, type: unknown): Tree {
  return Object.fromEntries(Object.entries({ ...BLANKS[String(type)], ...((config ?? {}) as Tree) }).reverse())
}

// The settings that the vendor's models have for these.
const BLANKS: Readonly<Record<string, Tree>> = {
  http: { disableURLInternet: false },
  timer: { payload: '' },
  oss: { filter: { key: { prefix: '', suffix: '' } } },
  mns_topic: { filterTag: '' },
}

function now(): string {
  return new Date().toISOString()
}
