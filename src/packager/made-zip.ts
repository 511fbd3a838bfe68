import { createReport, type Report } from './report.ts'
import { type BlockMarks, type CodeMarks, joinMarks } from './zip/code-marks.ts'
import type { ZipPart, Zipped } from './zip/zip.ts'

/** A zip, and what is in it. */
export interface MadeZip extends Zipped, Report {
  readonly marks: CodeMarks
}

/** What is known of a block of a zip's entries. */
export interface MadeBlock extends ZipPart {
  /** As `EntryBlock`. */
  readonly key: string
  readonly report: Report
  readonly marks: BlockMarks
}

/** What is kept of a zip for the next run. */
export interface KeptZip extends Zipped {
  readonly blocks: readonly MadeBlock[]
}

export function madeZip({ digest, bytes, blocks }: KeptZip): MadeZip {
  const report = createReport()
  for (const block of blocks) report.join(block.report)
  return { digest, bytes, ...report.end(), marks: joinMarks(blocks.map(({ marks }) => marks)) }
}
