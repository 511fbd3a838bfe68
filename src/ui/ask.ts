import { once } from 'node:events'
import type { Question } from '../actions/io.ts'
import type { Screen } from './output.ts'

export interface AskOptions {
  /** The terminal that the answer is typed on. */
  readonly input: NodeJS.ReadableStream
  readonly err: Screen
  readonly signal: AbortSignal
  /** Called before anything is written. */
  readonly hold: () => void
}

/** Asks on the terminal by numbers or words; Enter takes the default. Asks again until the answer is one of the choices. */
export function createAsk(options: AskOptions): (question: Question) => Promise<string> {
  return async (question) => {
    // Costs time to load, and most runs ask nothing.
    const { createInterface } = await import('node:readline/promises')
    const lines = createInterface({ input: options.input, terminal: false })
    const { output, style } = options.err
    // The end of the input is an Enter.
    const ended = once(lines, 'close').then(() => '')
    options.hold()
    output.write(`${[style.paint('bold', question.message), ...listChoices(question, options.err)].join('\n')}\n`)
    try {
      for (;;) {
        output.write(`${style.paint('cyan', '>')} `)
        const typed = await Promise.race([lines.question('', { signal: options.signal }), ended])
        const answer = findChoice(question, typed)
        if (answer !== undefined) return answer
        output.write(`one of ${question.choices.map((choice) => choice.value).join(', ')}\n`)
      }
    } finally {
      lines.close()
    }
  }
}

function listChoices({ choices, default: preset }: Question, { style }: Screen): string[] {
  return choices.map(({ value, label }, index) => {
    const mark = value === preset ? style.paint('dim', '  (Enter)') : ''
    return `  ${index + 1}  ${label}${mark}`
  })
}

function findChoice({ choices, default: preset }: Question, typed: string): string | undefined {
  const text = typed.trim().toLowerCase()
  if (text === '') return preset
  return (choices.find((choice) => choice.value.toLowerCase() === text) ?? choices[Number(text) - 1])?.value
}
