import { Refusal } from '../refusal.ts'
import type { Tree } from './schema.ts'
import { ACCOUNT, type Calls, REGION, type World } from './world.ts'

/** Buckets as far as code waits in them. */
export class StorageCalls {
  /** Name -> its settings, and its owner where that is somebody else. */
  readonly buckets = new Map<string, Tree>()
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  get calls(): Calls {
    const of = ({ Bucket, ExpectedBucketOwner }: Tree): Tree => {
      const found = this.buckets.get(String(Bucket))
      if (!found) throw new Refusal(404, 'NoSuchBucket', 'The specified bucket does not exist')
      const { owner = ACCOUNT } = found
      if (ExpectedBucketOwner !== undefined && ExpectedBucketOwner !== owner)
        throw new Refusal(403, 'AccessDenied', 'Access Denied')
      return found
    }
    const set =
      (word: string) =>
      (input: Tree): Tree => {
        of(input)[word] = input[word]
        return {}
      }
    return {
      HeadBucket: (input) => {
        of(input)
        return {}
      },
      CreateBucket: ({ Bucket }) => {
        if (this.buckets.has(String(Bucket))) throw new Refusal(409, 'BucketAlreadyOwnedByYou', 'it is yours already')
        this.buckets.set(String(Bucket), {})
        return { Location: `/${Bucket}` }
      },
      PutPublicAccessBlock: set('PublicAccessBlockConfiguration'),
      PutBucketLifecycleConfiguration: set('LifecycleConfiguration'),
      PutObject: (input) => {
        of(input)
        const { Bucket, Key, Body } = input
        this.#world.objects.set(`${Bucket}/${Key}`, Body as Buffer)
        return { ETag: '"x"' }
      },
      DeleteObject: (input) => {
        of(input)
        const { Bucket, Key } = input
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
