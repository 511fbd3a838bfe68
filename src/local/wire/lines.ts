import type { Readable } from 'node:stream'

const LONGEST_LINE = 64 << 10

/** Tells what a stream prints, a line at a time. A line that does not end is told in pieces. */
export function readLines(stream: Readable, tell: (line: string) => void): void {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) tell(line.endsWith('\r') ? line.slice(0, -1) : line)
    while (rest.length >= LONGEST_LINE) {
      tell(rest.slice(0, LONGEST_LINE))
      rest = rest.slice(LONGEST_LINE)
    }
  })
  stream.on('end', () => {
    if (rest !== '') tell(rest)
  })
}
