import { type Shape, shapesOf, textOf } from '@anyfaas/runtime'

/** The records of one source. Most services write its name with a small letter, SNS with a capital one. */
export function recordsOf({ Records }: Shape, source: string): readonly Shape[] {
  return shapesOf(Records).filter((record) => (record['eventSource'] ?? record['EventSource']) === source)
}

/** The last part of an ARN: `arn:aws:sqs:eu-west-1:123456789012:orders` -> `orders`; of a table and a stream their name. */
export function nameIn(arn: unknown): string | undefined {
  const text = textOf(arn)
  const resource = text?.split(':').slice(5).join(':')
  return resource?.split('/')[resource.includes('/') ? 1 : 0] ?? text
}
