import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** The TypeScript files of a folder that may be a part of the program, in a fixed order. */
export function sourceFiles(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return LEFT_OUT.test(entry.name) ? [] : sourceFiles(path)
    return entry.isFile() && /\.ts$/.test(entry.name) && !/\.(d|test|spec)\.ts$/.test(entry.name) ? [path] : []
  })
}

const LEFT_OUT = /^(node_modules|test|tests|__tests__|\..*)$/
