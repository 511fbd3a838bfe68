/** The words of what is behind a failure, which the library wraps several times. */
export function kafkaReason(failure: unknown): string {
  const { errors, cause, message } = failure as AggregateError
  const [inner = cause] = errors ?? []
  return (inner && kafkaReason(inner)) || message || String(failure)
}

/** Whether a broker says that there is no such topic: the library has no code for it. */
export function isUnknownTopic(failure: unknown): boolean {
  return kafkaReason(failure).startsWith('Unknown topic ')
}
