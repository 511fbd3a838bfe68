import { readFileSync } from 'node:fs'
import type { TreeFile } from '../files/tree.ts'

/** How Node reads a `.js` file of a given name in the artifact: the nearest package.json above it says so. */
export function moduleScopes(files: readonly TreeFile[]): (name: string) => 'cjs' | 'esm' {
  const types = new Map<string, 'cjs' | 'esm'>()
  for (const { name, path } of files) {
    const folder = name.slice(0, -'package.json'.length)
    if (name === `${folder}package.json` && (folder === '' || folder.endsWith('/'))) types.set(folder, typeIn(path))
  }
  return (name) => {
    for (let folder = name; folder !== ''; ) {
      folder = folder.slice(0, folder.lastIndexOf('/', folder.length - 2) + 1)
      const type = types.get(folder)
      if (type) return type
    }
    return 'cjs'
  }
}

function typeIn(path: string): 'cjs' | 'esm' {
  return /"type"\s*:\s*"module"/.test(readFileSync(path, 'utf8')) ? 'esm' : 'cjs'
}
