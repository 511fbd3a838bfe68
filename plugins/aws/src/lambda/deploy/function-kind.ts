import { readFile } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import {
  type Call,
  clock,
  concealSecrets,
  error,
  type Live,
  MARKS,
  markOfCode,
  type Resource,
  SlsError,
  type Tree,
} from '@anyfaas/kit'
import type { Action } from '../../account/sdk.ts'
import type { CodeBucket } from './code-bucket.ts'
import { DEFAULTS, EMPTY, FIELDS, readFunction } from './function-fields.ts'
import type { Kind } from './kind.ts'
import type { NewRoles } from './new-roles.ts'
import type { FoundFunction, OurFunctions } from './our-functions.ts'
import { revealed, type Site } from './site.ts'
import { isHint, ownTags, retag, seal } from './tags.ts'

/** Functions with their code and tags. */
export class FunctionKind implements Kind {
  readonly type = 'aws:function'
  readonly fields = FIELDS
  readonly code = ['Code', 'Handler', 'ImageConfig']
  readonly rules = {
    FunctionName: 'replace',
    PackageType: 'replace',
    // Nobody can tell a value that was a secret once from one that never was.
    Environment: 'secret',
    'VpcConfig.SubnetIds': 'unordered',
    'VpcConfig.SecurityGroupIds': 'unordered',
  } as const
  readonly #site: Site
  readonly #ours: OurFunctions
  readonly #bucket: CodeBucket
  readonly #roles: NewRoles

  constructor(site: Site, { ours, bucket, roles }: Surroundings) {
    this.#site = site
    this.#roles = roles
    this.#ours = ours
    this.#bucket = bucket
  }

  async list(call: Call, desired: readonly Resource<Tree>[]): Promise<readonly Live<Tree>[]> {
    const wanted = new Map(desired.map((resource) => [resource.spec['FunctionName'], resource]))
    const found = (await this.#ours.all(call)).filter((one) => one.isOurs || wanted.has(one.name))
    return await Promise.all(found.map((one) => this.#live(one, wanted.get(one.name), call)))
  }

  async find(resource: Resource<Tree>, call: Call): Promise<Live<Tree> | undefined> {
    await this.#settled(String(resource.spec['FunctionName']), call)
    const found = (await this.#ours.list(call, 'now')).find(({ name }) => name === resource.spec['FunctionName'])
    if (found) return await this.#live(found, resource, call)
    return { id: resource.id, value: resource.spec, isForeign: true }
  }

  async create(_spec: Tree, call: Call, resource: Resource<Tree>): Promise<Tree> {
    const { Code: _, ...spec } = revealed(resource.spec, resource.id, this.#site)
    const given = Object.entries(spec).filter(([key, value]) => !isDeepStrictEqual(value, EMPTY[key]))
    const Tags = { ...(spec['Tags'] as Tree), ...this.#sealOf(resource) }
    const input = { ...Object.fromEntries(given), Tags, Code: await this.#codeOf(resource, call) }
    const create = (): Promise<Tree> => this.#call('CreateFunction', input, resource.id, call)
    const made = await this.#roles.use(spec['Role'], create, call.signal)
    if (!isSettled(made)) await this.#settled(String(spec['FunctionName']), call)
    return { FunctionArn: made['FunctionArn'] }
  }

  async update(_spec: Tree, live: Tree, call: Call, resource: Resource<Tree>): Promise<Tree> {
    const { FunctionName, Code, Tags, Architectures, PackageType: _, ...settings } = resource.spec
    const about = resource.id
    const isOther = (key: string): boolean => !isDeepStrictEqual(resource.spec[key], live[key])
    const arn = String(live['FunctionArn'])
    if (isOther('Tags')) await retag(this.#site, { arn, live: live['Tags'] as Tree, wanted: Tags as Tree, about }, call)
    if (Object.keys(settings).some(isOther)) {
      const spec = revealed(settings, resource.id, this.#site)
      const input = { FunctionName, ...spec }
      const configure = (): Promise<Tree> => this.#call('UpdateFunctionConfiguration', input, about, call)
      await this.#updated(await this.#roles.use(spec['Role'], configure, call.signal), call)
    }
    if (isOther('Code') || isOther('Architectures')) {
      const code = await this.#codeOf(resource, call)
      const text = this.#sealOf(resource)[MARKS.code]
      if (text !== undefined) await seal(this.#site, arn, text, call)
      const input = { FunctionName, ...code, ...(Architectures !== undefined && { Architectures }) }
      await this.#updated(await this.#call('UpdateFunctionCode', input, about, call), call)
    }
    return { Code }
  }

  async remove({ FunctionName }: Tree, call: Call, id: string): Promise<void> {
    await this.#call('DeleteFunction', { FunctionName }, id, call)
  }

  async #live(one: FoundFunction, resource: Resource<Tree> | undefined, call: Call): Promise<Live<Tree>> {
    const { name, fn, arn, live, isOurs } = one
    const wanted = resource?.spec['Tags'] as Tree | undefined
    const isImage = live['PackageType'] === 'Image'
    const read = (tags: Readonly<Record<string, unknown>>): Tree => ({
      Tags: ownTags(tags, wanted),
      ...(!isImage && { Code: markOfCode(tags[MARKS.code], live['CodeSha256']) }),
    })
    let told = read(one.tags)
    // The list of tags lags behind.
    const isUnsealed = !isImage && told['Code'] === live['CodeSha256']
    if (wanted && (isUnsealed || !isDeepStrictEqual(told['Tags'], wanted)))
      told = read(await this.#ours.tagsOf(arn, call))
    const value = {
      ...DEFAULTS,
      ...readFunction(live),
      ...(isImage && { Code: await this.#imageOf(name, call) }),
      ...told,
      FunctionArn: arn,
      hints: Object.keys(one.tags).filter(isHint),
    }
    return {
      id: `function/${fn}`,
      fn,
      value: concealSecrets(value, resource?.spec, this.#site.secret),
      ...(!isOurs && { isForeign: true as const }),
    }
  }

  async #imageOf(FunctionName: string, call: Call): Promise<unknown> {
    const { Code } = await this.#call('GetFunction', { FunctionName }, `function ${FunctionName}`, call)
    return (Code as Tree | undefined)?.['ImageUri']
  }

  async #codeOf({ fn, spec }: Resource<Tree>, call: Call): Promise<Tree> {
    if (spec['PackageType'] === 'Image') return { ImageUri: spec['Code'] }
    const artifact = this.#site.artifacts.find(({ handlers }) => fn !== undefined && fn in handlers)
    if (!artifact) throw new Error(`no artifact for ${fn}`)
    if (this.#bucket.takes(artifact)) return await this.#bucket.send(artifact, call)
    return { ZipFile: await readFile(artifact.path) }
  }

  #sealOf({ fn = '', spec }: Resource<Tree>): Tree & { readonly [MARKS.code]?: string } {
    const text = spec['PackageType'] === 'Image' ? undefined : this.#site.seals[fn]
    return text === undefined ? {} : { [MARKS.code]: text }
  }

  async #updated({ FunctionName, LastUpdateStatus }: Tree, call: Call): Promise<void> {
    if (LastUpdateStatus !== 'Successful') await this.#settled(String(FunctionName), call)
  }

  // The list does not tell the state, so each is asked; that has a generous limit of its own.
  async #settled(FunctionName: string, call: Call): Promise<void> {
    for (let waitMs = FIRST_LOOK_MS; ; waitMs = Math.min(LOOK_MS, waitMs * 1.2)) {
      await clock.wait(waitMs, call.signal)
      const { Configuration } = await this.#call('GetFunction', { FunctionName }, `function ${FunctionName}`, call)
      const fn = Configuration as Tree
      if (isSettled(fn)) return check(fn)
    }
  }

  async #call(action: Action<'lambda'>, input: object, about: string, call: Call): Promise<Tree> {
    return await this.#site.api.call({ service: 'lambda', action, input, about }, call)
  }
}

interface Surroundings {
  readonly ours: OurFunctions
  readonly bucket: CodeBucket
  readonly roles: NewRoles
}

const FIRST_LOOK_MS = 400
const LOOK_MS = 2000

function isSettled({ State, LastUpdateStatus }: Tree): boolean {
  return State !== 'Pending' && LastUpdateStatus !== 'InProgress'
}

function check(fn: Tree): void {
  if (fn['State'] !== 'Failed' && fn['LastUpdateStatus'] !== 'Failed') return
  const reason = fn['StateReason'] || fn['LastUpdateStatusReason'] || 'it says no more'
  throw new SlsError(error('SLS5007', `function ${fn['FunctionName']} failed on the platform: ${reason}`))
}
