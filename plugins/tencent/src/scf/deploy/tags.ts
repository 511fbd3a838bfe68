import { type Call, isOurs, MARKS, type Service, type Tree } from '@anyfaas/kit'
import type { ScfClient } from './client.ts'

/** `[{key, value}]` of either case as a map. */
export function tagMap(tags: unknown): Record<string, string> {
  const list = Array.isArray(tags) ? (tags as readonly Tree[]) : []
  return Object.fromEntries(list.map((tag) => [String(tag['Key'] ?? tag['key']), String(tag['Value'] ?? tag['value'])]))
}

/** `[{Key, Value}]` of a map; a spec that no service has marked yet may have none. */
export function tagList(tags: Tree | undefined): Tree[] {
  return Object.entries(tags ?? {}).map(([Key, Value]) => ({ Key, Value }))
}

/** The tags of a function with the seal of its code: no answer of the platform tells what code it has. */
export function withSeal(tags: unknown, seal: string | undefined): Record<string, string> {
  return { ...(tags as Record<string, string>), ...(seal !== undefined && { [MARKS.code]: seal }) }
}

/** The function of the file that a thing with these tags is; undefined when it is not of this service and stage. */
export function ourFunction(tags: Readonly<Record<string, string>>, service: Service): string | undefined {
  return isOurs(tags, service) ? tags[MARKS.fn] : undefined
}

/** The account that the credentials belong to, asked once. */
export class Account {
  readonly #client: ScfClient
  #asking: Promise<string> | undefined

  constructor(client: ScfClient) {
    this.#client = client
  }

  async uin(call: Pick<Call, 'signal'>): Promise<string> {
    this.#asking ??= this.#client
      .call({ action: 'GetCallerIdentity', about: 'the account' }, call, 'sts')
      .then(({ AccountId }) => String(AccountId))
      .catch((error: unknown) => {
        this.#asking = undefined
        throw error
      })
    return await this.#asking
  }
}

export interface Retagging {
  /** As in the functions of the tag service: the id, not the name. */
  readonly functionId: string
  readonly from: Readonly<Record<string, string>>
  readonly to: Readonly<Record<string, string>>
}

/**
 * Gives a function the tags that it shall have, and takes away the others. SCF itself sets tags at creation only.
 * https://cloud.tencent.com/document/product/651/35322
 */
export async function retag(
  { functionId, from, to }: Retagging,
  site: { readonly client: ScfClient; readonly account: Account },
  call: Call,
): Promise<void> {
  const changed = Object.entries(to).filter(([key, value]) => from[key] !== value)
  const gone = Object.keys(from).filter((key) => !(key in to))
  const Resource = `qcs::scf:${site.client.region}:uin/${await site.account.uin(call)}:lam/${functionId}`
  const replaced = changed.map(([TagKey, TagValue]) => ({ TagKey, TagValue }))
  const deleted = gone.map((TagKey) => ({ TagKey }))
  while (replaced.length > 0 || deleted.length > 0) {
    const ReplaceTags = replaced.splice(0, MOST)
    const DeleteTags = deleted.splice(0, MOST)
    const params = {
      Resource,
      ...(ReplaceTags.length > 0 && { ReplaceTags }),
      ...(DeleteTags.length > 0 && { DeleteTags }),
    }
    await site.client.call({ action: 'ModifyResourceTags', params, about: functionId }, call, 'tag')
  }
}

// In one call.
const MOST = 10
