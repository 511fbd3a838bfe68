import { type Call, marksOf } from '@anyfaas/kit'
import { Once } from './once.ts'
import type { Reach } from './site.ts'
import { tagMap } from './tags.ts'

type Tags = Readonly<Record<string, string>>

const TYPES = ['lambda:function', 'logs:log-group', 'scheduler:schedule-group', 'events:rule', 'iot:rule'] as const

/** What bears the marks of the service and stage as the list of all tags tells it, which lags behind. Read once a plan. */
export class Marked {
  readonly #site: Reach
  readonly #planned = new Once<ReadonlyMap<string, Tags>>()

  constructor(site: Reach) {
    this.#site = site
  }

  /** ARN -> tags, of one type; as of this moment when asked. */
  async of(
    type: (typeof TYPES)[number],
    call: Pick<Call, 'signal'>,
    when: 'plan' | 'now' = 'plan',
  ): Promise<ReadonlyMap<string, Tags>> {
    const all = await (when === 'now' ? this.#read(call) : this.#planned.get(() => this.#read(call)))
    return new Map([...all].filter(([arn]) => typeOf(arn) === type))
  }

  async #read(call: Pick<Call, 'signal'>): Promise<ReadonlyMap<string, Tags>> {
    const TagFilters = Object.entries(marksOf(this.#site.service)).map(([Key, value]) => ({ Key, Values: [value] }))
    const found = await this.#site.api.list(
      { service: 'tagging', action: 'GetResources', input: { ResourceTypeFilters: TYPES, TagFilters }, about: 'marks' },
      { items: 'ResourceTagMappingList', next: 'PaginationToken', ask: 'PaginationToken' },
      call,
    )
    return new Map(found.map(({ ResourceARN, Tags }) => [String(ResourceARN), tagMap(Tags)]))
  }
}

// `arn:aws:logs:us-east-1:123456789012:log-group:NAME`
function typeOf(arn: string): string {
  const [, , service, , , resource = ''] = arn.split(':')
  return `${service}:${resource.split('/')[0]}`
}
