/** A setting of a function that the API keeps as a thing of its own: put whole, taken away, listed for the account. */
export interface Part {
  /** As in the ids of its resources: `async`. */
  readonly kind: string
  /** The end of its calls: `AsyncInvokeConfig` in `PutAsyncInvokeConfig`. */
  readonly noun: string
  /** Under the function. */
  readonly path: string
  readonly listPath: string
  readonly listField: string
  /** Field -> its value when the file does not say. */
  readonly fields: Readonly<Record<string, unknown>>
}

export const PARTS: readonly Part[] = [
  {
    kind: 'async',
    noun: 'AsyncInvokeConfig',
    path: 'async-invoke-config',
    listPath: '/async-invoke-configs',
    listField: 'configs',
    fields: { maxAsyncRetryAttempts: 3, maxAsyncEventAgeInSeconds: 86_400, destinationConfig: {}, asyncTask: false },
  },
  {
    kind: 'concurrency',
    noun: 'ConcurrencyConfig',
    path: 'concurrency',
    listPath: '/concurrency-configs',
    listField: 'configs',
    fields: { reservedConcurrency: 0 },
  },
  {
    kind: 'scaling',
    noun: 'ScalingConfig',
    path: 'scaling-config',
    listPath: '/scaling-configs',
    listField: 'scalingConfigs',
    fields: { minInstances: 0 },
  },
]
