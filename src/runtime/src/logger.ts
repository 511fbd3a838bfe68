export interface Logger {
  debug(...data: unknown[]): void
  info(...data: unknown[]): void
  warn(...data: unknown[]): void
  error(...data: unknown[]): void
  log?(...data: unknown[]): void
}

/** Every platform collects what the process prints, most with the id of the request. */
export const consoleLogger: Logger = console

/** Takes the platform's logger only when it can do what ours does. */
export function asLogger(value: unknown): Logger | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const logger = value as Record<string, unknown>
  const complete = ['debug', 'info', 'warn', 'error'].every((name) => typeof logger[name] === 'function')
  return complete ? (value as Logger) : undefined
}
