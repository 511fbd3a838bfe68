import { type Diagnostic, error, type Fn, membersOf, type Output } from '@anyfaas/kit'
import type { OutputSpec } from '../spec.ts'

/** The options that an output cannot do without. */
const NEEDED: Readonly<Record<Output['kind'], readonly string[]>> = {
  mq: ['topic'],
  queue: ['queue'],
  kafka: ['topic'],
  mqtt: ['broker', 'topic'],
  http: ['url'],
  dapr: ['component'],
}

/** The outputs of a function and of its members, each name once. */
export function outputsOf(fn: Fn): {
  readonly specs: readonly OutputSpec[]
  readonly diagnostics: readonly Diagnostic[]
} {
  const specs = new Map<string, OutputSpec>()
  const diagnostics: Diagnostic[] = []
  const all = new Set([...fn.outputs, ...membersOf(fn).flatMap(({ outputs }) => outputs)])
  for (const { at, name, kind, options } of all) {
    const spec: OutputSpec = { ...options, name, kind }
    const missing = NEEDED[kind].filter((option) => options[option] === undefined)
    const other = specs.get(name)
    if (missing.length > 0) {
      const what = missing.map((option) => `"${option}"`).join(' and ')
      diagnostics.push(refusal(at, `the ${kind} output "${name}" has no ${what}`))
    }
    if (other && JSON.stringify(other) !== JSON.stringify(spec)) {
      diagnostics.push(refusal(at, `two outputs of "${fn.name}" are called "${name}" and are not the same`))
    }
    specs.set(name, spec)
  }
  return { specs: [...specs.values()], diagnostics }
}

function refusal(pointer: Output['at'], message: string): Diagnostic {
  return error('SLS3001', message, { pointer, on: 'value', reason: message })
}
