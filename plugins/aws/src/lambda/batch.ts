import { type Batch, refused } from '@anyfaas/kit'

/** How many items come together, of streams and topics. */
export const batch = {
  rows: {
    size: { to: 'BatchSize', range: { min: 1, max: 10_000 } },
    windowSec: { to: 'MaximumBatchingWindowInSeconds', range: { min: 0, max: 300 } },
  },
} as const

/** The runtime tells which items of a batch failed: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html */
export const reporting = { FunctionResponseTypes: ['ReportBatchItemFailures'] }

/** The same of queues: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
export const queueBatch = {
  rows: {
    ...batch.rows,
    size: {
      ...batch.rows.size,
      as: (size: number, { windowSec = 0 }: Batch): unknown =>
        size > 10 && windowSec === 0
          ? refused(
              'more than 10 messages come together only when they are waited for',
              `batch: {size: ${size}, window: 1}`,
            )
          : size,
      takes: 'more than 10 with a window',
    },
  },
} as const
