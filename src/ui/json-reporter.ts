import type { Event } from '@anyfaas/kit'
import { describeAnswer } from './answer.ts'
import { describeDiagnostics } from './diagnostic-json.ts'
import { type Found, isFirst } from './fold.ts'
import type { Output } from './output.ts'
import type { Reporter } from './report.ts'

/** One object at the end, or every event as a line of its own and then that object. */
export type Json = 'final' | 'stream'

/** Reports to machines: `{ ok, result, diagnostics }` on stdout, and nothing else anywhere. */
export function createJsonReporter(out: Output, json: Json): Reporter {
  const found: Found[] = []
  const seen = new Set<string>()
  const take = (one: Found): boolean => {
    const isNew = isFirst(one, seen)
    if (isNew) found.push(one)
    return isNew
  }
  return {
    tell(event) {
      const isNew = event.kind !== 'diagnostic' || take(event) || event.isAgain === true
      if (json === 'stream' && isNew) out.write(`${JSON.stringify(describe(event))}\n`)
    },
    remark() {
      // Words are for people.
    },
    hold() {
      // Nothing moves.
    },
    finish(ending) {
      if (!ending.ok) ending.found.forEach(take)
      const diagnostics = describeDiagnostics(found)
      const end = ending.ok
        ? { ok: true, result: ending.data, ...(diagnostics.length > 0 && { diagnostics }) }
        : {
            ok: false,
            ...(ending.result && { result: ending.result.data }),
            diagnostics,
            ...(ending.trace && { trace: ending.trace }),
          }
      out.write(`${json === 'stream' ? JSON.stringify({ kind: 'result', ...end }) : JSON.stringify(end, null, 2)}\n`)
    },
  }
}

function describe(event: Event): object {
  if (event.kind === 'answer') return { ...event, answer: describeAnswer(event.answer) }
  if (event.kind !== 'diagnostic') return event
  return { kind: 'diagnostic', diagnostic: describeDiagnostics([event])[0] }
}
