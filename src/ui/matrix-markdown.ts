import type { Level } from '@anyfaas/kit'
import type { Matrix, MatrixPart } from '../actions/matrix.ts'
import { explain } from './matrix-reasons.ts'
import { clean } from './width.ts'

/** The matrix as GitHub Markdown, for a pull request. */
export function writeMatrix(matrix: Matrix): string {
  const labels = matrix.platforms.map(({ platform }) => platform)
  const reasons = explain(matrix)
  const lines = [
    `### ${plain(matrix.service)} (${plain(matrix.stage)})`,
    '',
    row(['', ...matrix.platforms.map(({ platform }) => `\`${platform}\``)]),
    row(['---', ...labels.map(() => '---')]),
    ...rowsOf(matrix.parts, 0).map(({ part, depth }) =>
      row([
        `${INDENT.repeat(depth)}${plain(part.name)}`,
        ...labels.map((label) => show(part.levels[label] ?? 'native')),
      ]),
    ),
    row(['**all of it**', ...matrix.platforms.map(({ level }) => `**${level}**`)]),
    ...(reasons.length > 0 ? ['', '#### Why, and what instead', ''] : []),
    ...reasons.flatMap(({ subjects, places, remarks }) => [
      `- ${plain(subjects)}${places === '' ? '' : ` (${plain(places)})`}`,
      ...remarks.flatMap(({ level, platforms, reason, instead }) => [
        `  - **${level}** ${platforms.map((label) => `\`${label}\``).join(', ')}: ${plain(reason)}`,
        ...instead.map((way) => `    - instead: ${plain(way)}`),
      ]),
    ]),
  ]
  return `${lines.join('\n')}\n`
}

const INDENT = '&nbsp;&nbsp;'

function rowsOf(parts: readonly MatrixPart[], depth: number): { part: MatrixPart; depth: number }[] {
  return parts.flatMap((part) => [{ part, depth }, ...rowsOf(part.parts, depth + 1)])
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

// What is native needs no attention.
function show(level: Level): string {
  return level === 'refused' || level === 'lossy' ? `**${level}**` : level
}

function plain(text: string): string {
  return clean(text)
    .replace(/\s*\n\s*/g, ' ')
    .replace(/[\\`*_{}[\]<>#|~$]/g, '\\$&')
}
