import { type CallInfo, type Diagnostic, error, type Place, SlsError } from '@anyfaas/kit'
import { firstFrame, isOwnFrame, textOf } from './stack.ts'
import type { WireError } from './wire/wire.ts'

/** SLS7010: the handler threw. The diagnostic stands on the first line of the stack that is the user's. */
export function failed(thrown: WireError, info: CallInfo, serviceDir: string): SlsError {
  const { name, message, stack } = thrown
  const frame = firstFrame(stack, serviceDir)
  const place: Place = frame ? { at: frame } : {}
  const diagnostic = error('SLS7010', `function "${info.function}" failed: ${name}: ${message}`, {
    ...place,
    notes: framesOf(stack).map((text) => ({ message: text })),
  })
  return new SlsError(diagnostic, { cause: thrown, sources: textOf })
}

/** SLS7011: no answer within the function's time. */
export function tooLate(info: CallInfo, thrown?: WireError): SlsError {
  return new SlsError(
    error('SLS7011', `function "${info.function}" did not answer within its timeout of ${info.timeoutSec} s`, {
      notes: thrown ? [{ message: thrown.message }] : [],
      help: ['raise "timeout", or use --debug, where it does not count'],
    }),
  )
}

/** SLS7012: the process ended, and how. */
export function ended(info: CallInfo, how: string, lastLines: readonly string[]): SlsError {
  return new SlsError(
    error('SLS7012', `function "${info.function}" ended its process: ${how}`, {
      notes: lastLines.map((message) => ({ message })),
    }),
  )
}

export function interrupted(): SlsError {
  return new SlsError(error('SLS5002', 'interrupted'))
}

function framesOf(stack: string): string[] {
  return stack
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at ') && !line.includes('node:internal') && !isOwnFrame(line))
}

/** The failure of a version that does not load, at the first line of its stack that is the user's. */
export function placed(diagnostic: Diagnostic, serviceDir: string): Diagnostic {
  const stack = (diagnostic.notes ?? []).map(({ message }) => message).join('\n')
  const at = diagnostic.at ?? firstFrame(stack, serviceDir)
  if (!/^\s+at /m.test(stack)) return { ...diagnostic, ...(at && { at }) }
  return { ...diagnostic, ...(at && { at }), notes: framesOf(stack).map((message) => ({ message })) }
}
