import { Refusal } from '../refusal.ts'
import type { Tree } from './schema.ts'
import { type Calls, REGION, type World } from './world.ts'

/** Domains of HTTP APIs and their mappings. */
export class DomainCalls {
  readonly #domains = new Map<string, Tree>()
  readonly #mappings = new Map<string, Tree>()
  readonly #world: World
  readonly #stagesOf: (api: unknown) => ReadonlyMap<string, Tree>

  constructor(world: World, stagesOf: (api: unknown) => ReadonlyMap<string, Tree>) {
    this.#world = world
    this.#stagesOf = stagesOf
  }

  get calls(): Calls {
    return {
      GetDomainNames: () => ({ Items: [...this.#domains.values()] }),
      CreateDomainName: ({ DomainName, DomainNameConfigurations, Tags }) => {
        const name = String(DomainName)
        if (this.#domains.has(name)) throw conflict('The domain name you provided already exists.')
        const made = {
          DomainName,
          DomainNameArn: `arn:aws:apigateway:${REGION}::/domainnames/${name}`,
          DomainNameConfigurations: told(DomainNameConfigurations as Tree[]),
          Tags,
        }
        this.#domains.set(name, made)
        return made
      },
      UpdateDomainName: ({ DomainName, DomainNameConfigurations }) =>
        Object.assign(this.#domain(DomainName), {
          DomainNameConfigurations: told(DomainNameConfigurations as Tree[]),
        }),
      DeleteDomainName: ({ DomainName }) => {
        this.#domain(DomainName)
        this.#domains.delete(String(DomainName))
        for (const [id, one] of this.#mappings) if (one['DomainName'] === DomainName) this.#mappings.delete(id)
        return {}
      },
      GetApiMappings: ({ DomainName }) => {
        this.#domain(DomainName)
        const own = [...this.#mappings.values()].filter((one) => one['DomainName'] === DomainName)
        return { Items: own.map(({ DomainName: _, ...one }) => one) }
      },
      CreateApiMapping: (input) => {
        this.#check(input)
        const isSame = (one: Tree): boolean =>
          one['DomainName'] === input['DomainName'] && one['ApiMappingKey'] === input['ApiMappingKey']
        if ([...this.#mappings.values()].some(isSame))
          throw conflict('ApiMapping key already exists for this domain name')
        const ApiMappingId = this.#world.id('m')
        const { DomainName, ...rest } = input
        this.#mappings.set(ApiMappingId, { ...input, ApiMappingId })
        return { ...rest, ApiMappingId }
      },
      UpdateApiMapping: (input) => {
        this.#check(input)
        const found = this.#mappings.get(String(input['ApiMappingId']))
        if (!found) throw missing(`Invalid mapping ${input['ApiMappingId']}`)
        const { DomainName: _, ...rest } = Object.assign(found, input)
        return rest
      },
      DeleteApiMapping: ({ ApiMappingId }) => {
        if (!this.#mappings.delete(String(ApiMappingId))) throw missing(`Invalid mapping ${ApiMappingId}`)
        return {}
      },
    }
  }

  tag(arn: string, tags: Tree): Tree {
    const found = this.#domain(arn.split('/').at(-1))
    found['Tags'] = { ...(found['Tags'] as Tree), ...tags }
    return {}
  }

  leadTo(api: unknown): boolean {
    return [...this.#mappings.values()].some(({ ApiId }) => ApiId === api)
  }

  /** Without made-up ids. */
  state(): unknown {
    const mappings = [...this.#mappings.values()].map(({ ApiMappingId: _, ApiId: __, ...one }) => one)
    return { domains: [...this.#domains.values()], mappings }
  }

  #check({ DomainName, ApiId, Stage }: Tree): void {
    this.#domain(DomainName)
    if (!this.#stagesOf(ApiId).has(String(Stage))) throw missing(`Invalid stage identifier specified ${Stage}`)
  }

  #domain(name: unknown): Tree {
    const found = this.#domains.get(String(name))
    if (!found) throw missing('Invalid domain name identifier specified')
    return found
  }
}

function told(configurations: readonly Tree[]): Tree[] {
  return configurations.map((one) => {
    if (!/^arn:aws:acm:/.test(String(one['CertificateArn'])))
      throw new Refusal(400, 'BadRequestException', 'The certificate provided must be valid')
    return { ...one, ApiGatewayDomainName: `d-x.execute-api.${REGION}.amazonaws.com`, DomainNameStatus: 'AVAILABLE' }
  })
}

function conflict(message: string): Refusal {
  return new Refusal(409, 'ConflictException', message)
}

function missing(message: string): Refusal {
  return new Refusal(404, 'NotFoundException', message)
}
