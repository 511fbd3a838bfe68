import { describe } from './words.ts'

/** Anything can be thrown; an Error is what logs and platforms understand. */
export function asError(thrown: unknown): Error {
  if (thrown instanceof Error || Object.prototype.toString.call(thrown) === '[object Error]') return thrown as Error
  return new Error(`the handler threw ${describe(thrown)} instead of an error`, { cause: thrown })
}

/** The status that an error asks for by `status` or `statusCode`; 500 when it asks for none. */
export function statusOf(error: Error): number {
  const { status, statusCode } = error as { status?: unknown; statusCode?: unknown }
  const asked = typeof status === 'number' ? status : statusCode
  return typeof asked === 'number' && Number.isInteger(asked) && asked >= 400 && asked <= 599 ? asked : 500
}
