import { pad, widthOf } from './width.ts'

/** Lays rows out in columns without lines between them; the last column is not padded. Cells may be coloured. */
export function drawTable(
  rows: readonly (readonly string[])[],
  options: { indent?: string; gap?: number } = {},
): string[] {
  const { indent = '', gap = 2 } = options
  const count = Math.max(0, ...rows.map((row) => row.length))
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(...rows.map((row) => widthOf(row[column] ?? ''))),
  )
  return rows.map((row) => {
    const cells = row.map((cell, column) => (column === row.length - 1 ? cell : pad(cell, (widths[column] ?? 0) + gap)))
    return (indent + cells.join('')).trimEnd()
  })
}
