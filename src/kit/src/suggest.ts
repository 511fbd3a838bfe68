/** The candidate that a word was probably meant to be; `slips` is how far it may be from it. */
export function suggest(word: string, candidates: Iterable<string>, slips = 3): string | undefined {
  let best: string | undefined
  let least = Number.POSITIVE_INFINITY
  const lower = word.toLowerCase()
  for (const candidate of candidates) {
    const most = Math.min(slips, Math.floor((Math.min(word.length, candidate.length) * 2) / 3))
    if (Math.abs(word.length - candidate.length) > most) continue
    const cost = distance(lower, candidate.toLowerCase())
    if (cost <= most && cost < least) {
      best = candidate
      least = cost
    }
  }
  return best
}

// Damerau-Levenshtein: a swap of neighbours counts as one slip.
function distance(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1)
      row.push(cost)
    }
    before = last
    last = row
  }
  return last[b.length] ?? 0
}
