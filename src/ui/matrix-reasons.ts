import type { Matrix, MatrixPart, MatrixRemark } from '../actions/matrix.ts'

/** What is said in the same words of several parts, once. */
export interface Reason {
  /** `http path`, or `function "a", function "b"`. */
  readonly subjects: string
  /** `serverless.yml:3:5, 8:5 and 4 more`; empty when there are none. */
  readonly places: string
  readonly remarks: readonly MatrixRemark[]
}

/** Every reason of a matrix, in the order of the file, each with all the parts that it holds for. */
export function explain(matrix: Matrix): readonly Reason[] {
  const groups = new Map<string, { subjects: Set<string>; parts: MatrixPart[] }>()
  for (const part of all(matrix.parts)) {
    if (part.remarks.length === 0) continue
    // Functions and triggers are told apart by their names; features are the same thing in each of them.
    const key = JSON.stringify([part.kind === 'feature' ? part.subject : part.kind, part.remarks])
    const group = groups.get(key) ?? { subjects: new Set(), parts: [] }
    group.subjects.add(part.subject)
    group.parts.push(part)
    groups.set(key, group)
  }
  return [...groups.values()].map(({ subjects, parts }) => ({
    subjects: [...subjects].join(', '),
    places: listPlaces(parts),
    remarks: parts[0]?.remarks ?? [],
  }))
}

// More places than these are counted, not listed.
const MOST_PLACES = 6

function listPlaces(parts: readonly MatrixPart[]): string {
  let last = ''
  const places = parts.flatMap(({ place }) => {
    if (!place) return []
    const position = place.line === undefined ? '' : `${place.line}:${place.column}`
    const text = place.file === last && position !== '' ? position : [place.file, position].filter(Boolean).join(':')
    last = place.file
    return [text]
  })
  const unique = [...new Set(places)]
  const shown = unique.slice(0, MOST_PLACES)
  const more = unique.length - shown.length
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '')
}

function* all(parts: readonly MatrixPart[]): Generator<MatrixPart> {
  for (const part of parts) {
    yield part
    yield* all(part.parts)
  }
}
