import { type Call, type Fn, triggersOf } from '@anyfaas/kit'
import type { PermissionKind } from './permission-kind.ts'
import { type Arn, allow, allowSome } from './statement.ts'

/** What calls functions and belongs to somebody else: it is hung on, and read for what of ours hangs there. */
export interface Sources {
  readonly buckets: readonly string[]
  /** By ARN. */
  readonly topics: readonly string[]
  readonly logGroups: readonly string[]
}

/** What functions let call them now, whether or not the file still says so. */
export async function sourcesNow(permissions: PermissionKind, call: Call): Promise<Sources> {
  const arns = async (principal: string): Promise<readonly string[]> =>
    (await permissions.grantedTo(principal, call)).map(({ value }) => String(value['SourceArn']))
  const [buckets, topics, logGroups] = await Promise.all(
    ['s3.amazonaws.com', 'sns.amazonaws.com', 'logs.amazonaws.com'].map(arns),
  )
  return {
    buckets: (buckets ?? []).map(bucketIn),
    topics: topics ?? [],
    logGroups: (logGroups ?? []).map(logGroupIn),
  }
}

/** The name in the ARN of a bucket. */
export function bucketIn(arn: string): string {
  return arn.split(':').at(-1) ?? ''
}

/** The name in the ARN of a log group. */
export function logGroupIn(arn: string): string {
  return arn.split(':')[6] ?? ''
}

/** The rights over what the file names, and over what is hung on now: that has to be read and taken away there. */
export function sourceRights(functions: readonly Fn[], now: Sources | undefined, arn: Arn): object[] {
  const triggers = functions.flatMap((fn) => triggersOf(fn).map(({ trigger }) => trigger))
  const groups = triggers.flatMap((one) => (one.kind === 'log' ? [one.source] : []))
  const buckets = triggers.flatMap((one) => (one.kind === 'os' ? [one.bucket] : []))
  const topics = triggers.flatMap((one) =>
    one.kind === 'mq' ? [one.topic.startsWith('arn:') ? one.topic : arn('sns', one.topic)] : [],
  )
  const allTopics = [...topics, ...(now?.topics ?? [])]
  return [
    ...allowSome(
      ['logs:PutSubscriptionFilter', 'logs:DeleteSubscriptionFilter'],
      [...groups, ...(now?.logGroups ?? [])].flatMap((one) => [
        arn('logs', `log-group:${one}`),
        arn('logs', `log-group:${one}:*`),
      ]),
    ),
    ...allowSome(
      ['s3:GetBucketNotification', 's3:PutBucketNotification'],
      [...buckets, ...(now?.buckets ?? [])].map((bucket) => arn('s3', bucket, ':')),
    ),
    ...allowSome(['sns:Subscribe', 'sns:ListSubscriptionsByTopic'], allTopics),
    // Subscriptions are nothing that a policy could name: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html
    ...(allTopics.length > 0 ? [allow(SUBSCRIPTION_ACTIONS, ['*'])] : []),
  ]
}

const SUBSCRIPTION_ACTIONS = ['sns:GetSubscriptionAttributes', 'sns:SetSubscriptionAttributes', 'sns:Unsubscribe']
