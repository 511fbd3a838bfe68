import type { Call, Live, Resource, Service, Tree } from '@anyfaas/kit'
import type { Action } from '../../account/sdk.ts'
import { type Kind, readLeft, unlessMissing } from './kind.ts'
import { type PermissionKind, permissionOf } from './permission-kind.ts'
import { splitArn } from './qualifiers.ts'
import type { Site } from './site.ts'
import { bucketIn } from './source-rights.ts'

/**
 * What buckets tell functions. A bucket has one list of it for everybody, which is written as a whole: what is not ours
 * is sent back as it was read.
 */
export class NotificationKind implements Kind {
  readonly type = 'aws:notification'
  readonly fields = ['Bucket', 'LambdaFunctionArn', 'Events', 'Filter']
  readonly rules = {
    Bucket: 'replace',
    Events: 'unordered',
    'Filter.Key.FilterRules': 'unordered',
    Permission: 'ignore',
  } as const
  readonly #site: Site
  readonly #permissions: PermissionKind
  /** Bucket -> settled when everybody before has written it. */
  readonly #turns = new Map<string, Promise<unknown>>()

  constructor(site: Site, permissions: PermissionKind) {
    this.#site = site
    this.#permissions = permissions
  }

  // A bucket that the file no longer names stands in the permission that it had.
  async list(call: Call, desired: readonly Resource<Tree>[]): Promise<readonly Live<Tree>[]> {
    const wanted = desired.map(({ spec }) => String(spec['Bucket']))
    const permissions = await this.#permissions.grantedTo('s3.amazonaws.com', call)
    const had = permissions.map(({ value }) => bucketIn(String(value['SourceArn'])))
    const own = `${notificationMark(this.#site.service)}/`
    const lists = [...new Set([...wanted, ...had])].map(async (bucket) => {
      const reading = this.#read(bucket, call)
      const told = await (wanted.includes(bucket)
        ? unlessMissing(reading)
        : readLeft(reading, `the bucket ${bucket}`, call))
      return entriesOf(told ?? {}).flatMap(({ Id, ...entry }): Live<Tree>[] => {
        if (!String(Id).startsWith(own)) return []
        const id = `trigger/${String(Id).slice(own.length)}`
        const fn = id.split('/')[1] ?? ''
        return [
          {
            id,
            fn,
            uses: [`function/${fn}`, permissionOf(id, splitArn(entry['LambdaFunctionArn'])[1]).id],
            value: { ...entry, Filter: readFilter(entry['Filter']), Bucket: bucket },
          },
        ]
      })
    })
    return (await Promise.all(lists)).flat()
  }

  async create(spec: Tree, call: Call, { id }: Resource<Tree>): Promise<Tree> {
    const { Bucket, Permission: _, ...entry } = spec
    await this.#write(String(Bucket), id, { ...entry, Id: this.#idOf(id) }, call)
    return {}
  }

  async update(spec: Tree, _live: Tree, call: Call, resource: Resource<Tree>): Promise<Tree> {
    return await this.create(spec, call, resource)
  }

  async remove({ Bucket }: Tree, call: Call, id: string): Promise<void> {
    await this.#write(String(Bucket), id, undefined, call)
  }

  async #write(bucket: string, id: string, entry: Tree | undefined, call: Call): Promise<void> {
    const before = this.#turns.get(bucket)
    const turn = (async (): Promise<void> => {
      await before?.catch(() => undefined)
      const { $metadata: _, ...now } = await this.#read(bucket, call)
      const others = entriesOf(now).filter(({ Id }) => Id !== this.#idOf(id))
      const LambdaFunctionConfigurations = [...others, ...(entry ? [entry] : [])]
      const input = {
        Bucket: bucket,
        NotificationConfiguration: { ...now, LambdaFunctionConfigurations },
        // Ours has its permission by now; whether others of the list may still be called is no business of this write.
        SkipDestinationValidation: true,
      }
      await this.#call('PutBucketNotificationConfiguration', input, id, call)
    })()
    this.#turns.set(bucket, turn)
    await turn
  }

  #idOf(id: string): string {
    return `${notificationMark(this.#site.service)}/${id.slice('trigger/'.length)}`
  }

  async #read(Bucket: string, call: Call): Promise<Tree> {
    return await this.#call('GetBucketNotificationConfiguration', { Bucket }, `bucket ${Bucket}`, call)
  }

  async #call(action: Action<'s3'>, input: object, about: string, call: Call): Promise<Tree> {
    return await this.#site.api.call({ service: 's3', action, input, about }, call)
  }
}

function entriesOf(configuration: Tree): readonly Tree[] {
  return (configuration['LambdaFunctionConfigurations'] ?? []) as readonly Tree[]
}

// The names of rules come back with a capital.
function readFilter(filter: unknown): Tree {
  const { Key } = (filter ?? {}) as { Key?: { FilterRules?: readonly Tree[] } }
  const rules = Key?.FilterRules ?? []
  if (rules.length === 0) return {}
  return { Key: { FilterRules: rules.map(({ Name, Value }) => ({ Name: String(Name).toLowerCase(), Value })) } }
}

function notificationMark({ name, stage }: Pick<Service, 'name' | 'stage'>): string {
  return `anyfaas/${name}/${stage}`
}
