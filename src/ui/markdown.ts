import type { Style } from './style.ts'
import { wrap } from './width.ts'

/** Renders a page for the terminal: headings bold, code indented, paragraphs wrapped. Knows what our pages use, no more. */
export function drawMarkdown(text: string, style: Style, columns: number): string {
  const rows: string[] = []
  let paragraph: string[] = []
  let isCode = false
  const flush = (): void => {
    if (paragraph.length > 0)
      rows.push(
        ...wrap(paragraph.join(' '), columns, paragraph[0]?.startsWith('- ') ? '  ' : '').map((row) =>
          drawInline(row, style),
        ),
      )
    paragraph = []
  }
  for (const line of text.trimEnd().split('\n')) {
    const heading = /^#+ (.*)$/.exec(line)
    if (line.startsWith('```')) {
      flush()
      isCode = !isCode
    } else if (isCode) rows.push(line === '' ? '' : `    ${line}`)
    else if (heading) {
      flush()
      rows.push(style.paint('bold', heading[1] ?? ''))
    } else if (line.trim() === '') {
      flush()
      rows.push('')
    } else {
      if (line.startsWith('- ')) flush()
      paragraph.push(line.trim())
    }
  }
  flush()
  return `${rows.join('\n')}\n`
}

// Without colour the marks stay: they are readable.
function drawInline(text: string, style: Style): string {
  if (!style.color) return text
  return text
    .replace(/`([^`]+)`/g, (_, code: string) => style.paint('cyan', code))
    .replace(/\*\*([^*]+)\*\*/g, (_, words: string) => style.paint('bold', words))
}
