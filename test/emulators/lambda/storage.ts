import { Refusal } from '../refusal.ts'
import type { Tree } from './schema.ts'
import { ACCOUNT, type Calls, REGION, type World } from './world.ts'

/** Buckets as far as code waits in them. */
export class StorageCalls {
  /** Name -> its settings. */
  readonly buckets = new Map<string, Tree>()
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  get calls(): Calls {
    const of = (name: unknown): Tree => {
      const found = this.buckets.get(String(name))
      if (!found) throw new Refusal(404, 'NoSuchBucket', 'The specified bucket does not exist')
      return found
    }
    const set =
      (word: string) =>
      ({ Bucket, [word]: value }: Tree): Tree => {
        of(Bucket)[word] = value
        return {}
      }
    return {
      HeadBucket: ({ Bucket }) => {
        of(Bucket)
        return {}
      },
      CreateBucket: ({ Bucket }) => {
        if (this.buckets.has(String(Bucket))) throw new Refusal(409, 'BucketAlreadyOwnedByYou', 'it is yours already')
        this.buckets.set(String(Bucket), {})
        return { Location: `/${Bucket}` }
      },
      PutPublicAccessBlock: set('PublicAccessBlockConfiguration'),
      PutBucketLifecycleConfiguration: set('LifecycleConfiguration'),
      PutObject: ({ Bucket, Key, Body }) => {
        of(Bucket)
        this.#world.objects.set(`${Bucket}/${Key}`, Body as Buffer)
        return { ETag: '"x"' }
      },
      DeleteObject: ({ Bucket, Key }) => {
        of(Bucket)
        this.#world.objects.delete(`${Bucket}/${Key}`)
        return {}
      },
    }
  }

  /** What waits; an empty bucket of the account is nobody's leftover. */
  state(): unknown {
    return [...this.#world.objects.keys()].sort()
  }
}

/** The bucket that the drivers make for themselves. */
export const CODE_BUCKET = `anyfaas-code-${ACCOUNT}-${REGION}`
