import { readTree, type Tree, type TreeOptions } from './tree.ts'

/** Trees that several artifacts are made of, each read once. */
export interface Trees {
  /** Milliseconds since 1970; no file was looked at before. */
  readonly beganMs: number
  /** As `readTree`. `skips` says what `options.skip` leaves out. */
  read(folder: string, options: TreeOptions, skips: string): Tree
}

export function createTrees(): Trees {
  const trees = new Map<string, Tree>()
  return {
    beganMs: Date.now(),
    read(folder, options, skips) {
      const key = [folder, options.at ?? '', options.within, skips].join('\0')
      const tree = trees.get(key) ?? readTree(folder, options)
      trees.set(key, tree)
      return tree
    },
  }
}
