import type { WireError } from '../wire/wire.ts'

/** What of a thrown value can travel: anything can be thrown, and a stack can be a getter that throws. */
export function describeError(thrown: unknown): WireError {
  if (typeof thrown !== 'object' || thrown === null) {
    return { name: 'Error', message: `the function threw ${String(thrown)}`, stack: '' }
  }
  const { name, message, stack } = thrown as Partial<Record<keyof WireError, unknown>>
  return { name: text(name, 'Error'), message: text(message, String(message)), stack: text(stack, '') }
}

function text(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise
}
