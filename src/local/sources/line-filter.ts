/**
 * Whether a line is wanted: each word of the filter has to be in it, a `"quoted text"` as a whole, and what follows a minus
 * sign must not be. That much of the filters of log stores is the same everywhere; undefined for one that says more.
 */
export function lineFilter(filter: string | undefined): ((line: string) => boolean) | undefined {
  if (filter === undefined) return () => true
  if (/^\s*[[{%]|(^|\s)\?/.test(filter)) return undefined
  const words = [...filter.matchAll(/(-?)(?:"([^"]*)"|(\S+))/g)].map(([, minus, quoted, plain]) => ({
    isWanted: minus === '',
    text: quoted ?? plain ?? '',
  }))
  return (line) => words.every(({ isWanted, text }) => line.includes(text) === isWanted)
}
