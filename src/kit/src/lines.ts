/** A place in a text as people count: both from 1, columns in UTF-16 units. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** A text cut into lines, for finding places in it. */
export interface Lines {
  readonly text: string
  /** The line without its end; empty for a number that there is not. */
  line(number: number): string
  at(offset: number): Position
}

export function splitLines(text: string): Lines {
  const starts = [0]
  // YAML and editors take a lone CR as a line end too: https://yaml.org/spec/1.2.2/#54-line-break-characters
  for (const end of text.matchAll(/\r\n|\n|\r/g)) starts.push(end.index + end[0].length)
  const startOf = (number: number): number => starts[number - 1] ?? text.length
  return {
    text,
    line: (number) => text.slice(startOf(number), startOf(number + 1)).replace(/[\r\n]+$/, ''),
    at(offset) {
      const line = lastAtMost(starts, Math.min(offset, text.length)) + 1
      return { line, column: Math.min(offset, text.length) - startOf(line) + 1 }
    },
  }
}

function lastAtMost(sorted: readonly number[], value: number): number {
  let low = 0
  let high = sorted.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((sorted[middle] as number) <= value) low = middle
    else high = middle - 1
  }
  return low
}
