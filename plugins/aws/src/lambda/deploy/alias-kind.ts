import {
  type Call,
  concealSecrets,
  type FieldRules,
  type Live,
  MARKS,
  markOfCode,
  type Resource,
  type Tree,
} from '@anyfaas/kit'
import type { Action } from '../../account/sdk.ts'
import { DEFAULTS, readFunction } from './function-fields.ts'
import { type Kind, unlessMissing } from './kind.ts'
import type { FoundFunction, OurFunctions } from './our-functions.ts'
import type { ProvisionedKind } from './provisioned-kind.ts'
import { publishVersion } from './publish.ts'
import { aliasId, holdersOf } from './qualifiers.ts'
import type { Site } from './site.ts'
import { dropHint, hintOf } from './tags.ts'

// What an alias of ours is described as. One that somebody made is not moved, and stays when no event calls it any more.
const MARK = 'anyfaas'

/**
 * Aliases that events call. One with a `Version` leads to what is deployed: what the version that it leads to is made of is
 * compared, and another one is published where that differs. One without leads where somebody let it.
 */
export class AliasKind implements Kind {
  readonly type = 'aws:alias'
  readonly fields = ['FunctionName', 'Name', 'Version', 'Weights']
  readonly code = ['Version.Code', 'Version.Handler', 'Version.ImageConfig']
  readonly rules: FieldRules = {
    FunctionName: 'replace',
    // Nobody can tell a value that was a secret once from one that never was.
    'Version.Environment': 'secret',
    'Version.VpcConfig.SubnetIds': 'unordered',
    'Version.VpcConfig.SecurityGroupIds': 'unordered',
  }
  readonly #site: Site
  readonly #ours: OurFunctions
  readonly #provisioned: ProvisionedKind

  constructor(site: Site, ours: OurFunctions, provisioned: ProvisionedKind) {
    this.#site = site
    this.#ours = ours
    this.#provisioned = provisioned
  }

  async list(call: Call, desired: readonly Resource<Tree>[]): Promise<readonly Live<Tree>[]> {
    const wanted = new Map(desired.map((resource) => [resource.id, resource]))
    const named = desired.map((one) => ({ ...one, spec: { Qualifier: one.spec['Name'] } }))
    const holders = holdersOf('alias', await this.#ours.list(call), named)
    const found = holders.map(async ({ one, qualifier = '' }) => {
      const resource = wanted.get(aliasId(one.fn, qualifier))
      const live = await this.#look({ FunctionName: one.name, Name: qualifier }, one.fn, resource, call)
      return live && (resource || live.value['Description'] === MARK) ? [live] : []
    })
    return (await Promise.all(found)).flat()
  }

  async find(resource: Resource<Tree>, call: Call): Promise<Live<Tree> | undefined> {
    const { FunctionName, Name } = resource.spec
    return await this.#look({ FunctionName, Name }, resource.fn ?? '', resource, call)
  }

  async create({ FunctionName, Name }: Tree, call: Call, { id }: Resource<Tree>): Promise<Tree> {
    const FunctionVersion = await this.#publish(FunctionName, id, call)
    const input = { FunctionName, Name, FunctionVersion, Description: MARK }
    return { AliasArn: (await this.#call('CreateAlias', input, id, call))['AliasArn'] }
  }

  async update({ FunctionName, Name, Version }: Tree, live: Tree, call: Call, { id }: Resource<Tree>): Promise<Tree> {
    const { AliasArn } = live
    if (Version === undefined) return { AliasArn }
    const FunctionVersion = await this.#publish(FunctionName, id, call)
    const RoutingConfig = { AdditionalVersionWeights: {} }
    const input = { FunctionName, Name, FunctionVersion, RoutingConfig, Description: MARK }
    await this.#call('UpdateAlias', input, id, call)
    // Instances that are kept ready are made anew for another version.
    if (live['hasInstances']) await this.#provisioned.settled({ FunctionName, Qualifier: Name }, id, call)
    return { AliasArn }
  }

  async remove({ FunctionName, Name }: Tree, call: Call, id: string): Promise<void> {
    await unlessMissing(this.#call('DeleteAlias', { FunctionName, Name }, id, call))
    const arn = (await this.#ours.byName(FunctionName, call))?.arn
    if (arn !== undefined) await dropHint(this.#site, arn, hintOf('alias', String(Name)), call)
  }

  async #look(
    where: { readonly FunctionName: unknown; readonly Name: unknown },
    fn: string,
    resource: Resource<Tree> | undefined,
    call: Call,
  ): Promise<Live<Tree> | undefined> {
    const id = aliasId(fn, String(where.Name))
    const alias = await unlessMissing(this.#call('GetAlias', where, id, call))
    if (!alias) return undefined
    const { AliasArn, Description, FunctionVersion, RoutingConfig } = alias
    const one = await this.#ours.byName(where.FunctionName, call)
    const hasInstances = one !== undefined && hintOf('provisioned', String(where.Name)) in one.tags
    const base = { ...where, AliasArn, Description, hasInstances }
    const leads = resource?.spec['Version'] !== undefined && {
      Version: await this.#versionOf({ FunctionName: where.FunctionName, Qualifier: FunctionVersion }, one, call),
      Weights: ((RoutingConfig ?? {}) as Tree)['AdditionalVersionWeights'] ?? {},
    }
    const value = concealSecrets({ ...base, ...leads }, resource?.spec, this.#site.secret)
    return {
      id,
      fn,
      uses: [`function/${fn}`],
      value,
      ...(leads && Description !== MARK && { isForeign: true as const }),
    }
  }

  // What a version is made of, in the words of a function. Tags say what its code is, and their list lags behind.
  async #versionOf(where: object, one: FoundFunction | undefined, call: Call): Promise<Tree> {
    const { Configuration, Code: code } = await this.#call('GetFunction', where, 'version', call)
    const live = Configuration as Tree
    const { FunctionName: _, ...told } = readFunction(live)
    const version = { ...DEFAULTS, ...told }
    if (live['PackageType'] === 'Image') return { ...version, Code: (code as Tree)['ImageUri'] }
    const checksum = live['CodeSha256']
    const Code = markOfCode(one?.tags[MARKS.code], checksum)
    if (Code !== checksum || !one) return { ...version, Code }
    return { ...version, Code: markOfCode((await this.#ours.tagsOf(one.arn, call))[MARKS.code], checksum) }
  }

  async #publish(FunctionName: unknown, about: string, call: Call): Promise<unknown> {
    return (await publishVersion(this.#site, String(FunctionName), about, call))['Version']
  }

  async #call(action: Action<'lambda'>, input: object, about: string, call: Call): Promise<Tree> {
    return await this.#site.api.call({ service: 'lambda', action, input, about }, call)
  }
}
