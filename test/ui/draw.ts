import type { Diagnostic, Span } from '../../src/kit/src/index.ts'
import { drawDiagnostics } from '../../src/ui/diagnostics.ts'
import type { Found } from '../../src/ui/fold.ts'
import { createStyle } from '../../src/ui/style.ts'

export interface Screen {
  readonly color?: boolean
  readonly unicode?: boolean
  readonly columns?: number
}

/** The place of the n-th occurrence of some words in a text. */
export function at(text: string, words: string, options: { file?: string; nth?: number } = {}): Span {
  let start = -1
  for (let count = options.nth ?? 1; count > 0; count--) start = text.indexOf(words, start + 1)
  if (start < 0) throw new Error(`"${words}" is not in the text`)
  return { file: options.file ?? 'serverless.yml', start, end: start + words.length }
}

/** What a terminal shows of diagnostics; `files` are the texts by name. */
export function draw(
  diagnostics: readonly Diagnostic[],
  files: Readonly<Record<string, string>>,
  screen: Screen = {},
): string {
  const { color = false, unicode = true, columns = 80 } = screen
  const found = diagnostics.map((diagnostic): Found => ({ diagnostic, sources: (file) => files[file] }))
  return drawDiagnostics(found, { style: createStyle({ color, unicode }), columns, name: (file) => file })
}
