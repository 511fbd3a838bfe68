import { setFlagsFromString } from 'node:v8'

/**
 * Sizes of the heap, which V8 lays out by what the command line says and does not look at again. They are part of its mark of how it is set up, too, and
 * Node's own modules bring compiled code that some versions take under the usual mark alone: else each of them is compiled anew, three times as long.
 */
const given = process.execArgv.filter((word) => /^--max-(old|semi)-space-size=/.test(word))

// Imported first of all: what follows opens more of Node's modules.
for (const word of given) setFlagsFromString(word.replace(/=.*/, '=0'))

/** Threads that are started from here on have heaps of these sizes. */
export function giveFlagsBack(): void {
  for (const word of given) setFlagsFromString(word)
}
