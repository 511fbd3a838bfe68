import { readFileSync } from 'node:fs'
import { sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Span } from '@anyfaas/kit'
import { TOP } from './places.ts'

interface Position {
  readonly file: string
  /** Both from 1. */
  readonly line: number
  readonly column: number
}

/**
 * The first place in a stack that is source of the service: inside its folder, and neither a package nor something that
 * was generated. Undefined when there is none, or `read` has no text of it.
 */
export function firstFrame(stack: string, serviceDir: string, read = textOf): Span | undefined {
  for (const position of positionsIn(stack)) {
    const isInside = position.file.startsWith(serviceDir + sep)
    const parts = position.file.slice(serviceDir.length).split(sep)
    if (isInside && !parts.includes('node_modules') && !parts.includes('.sls')) return spanOf(position, read)
  }
  return undefined
}

/** The text of a file; undefined when it cannot be read: the source of a bundle need not be there any more. */
export function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

/** Whether a line of a stack is code of this tool: its bundles, its sources where it runs from them, and what it packs beside a function. */
export function isOwnFrame(line: string): boolean {
  const path = line.split('file://').join('')
  return (
    /\/node_modules\/(@anyfaas|anyfaas)\/|\/sls_\w+\.c?js:/.test(path) ||
    OWN_FOLDERS.some((folder) => path.includes(folder))
  )
}

const OWN_FOLDERS = ['bin', 'dist', 'src', 'plugins'].map((name) => `${TOP}${name}${sep}`)

function* positionsIn(stack: string): Generator<Position> {
  // A syntax error names its place before the stack: the file and the line, the line's text, and a mark under it.
  const syntax = /^(\/.+|file:\/\/.+):(\d+)\n.*\n( *)\^/.exec(stack)
  if (syntax) yield { file: pathOf(syntax[1] ?? ''), line: Number(syntax[2]), column: (syntax[3] ?? '').length + 1 }
  for (const match of stack.matchAll(/^\s+at (?:.* \()?(.+?):(\d+):(\d+)\)?$/gm)) {
    yield { file: pathOf(match[1] ?? ''), line: Number(match[2]), column: Number(match[3]) }
  }
}

function pathOf(file: string): string {
  const plain = file.replace(/^async /, '')
  return plain.startsWith('file://') ? fileURLToPath(plain) : plain
}

function spanOf({ file, line, column }: Position, read: typeof textOf): Span | undefined {
  const lines = read(file)?.split('\n')
  const text = lines?.[line - 1]
  if (lines === undefined || text === undefined) return undefined
  const start = lines.slice(0, line - 1).reduce((offset, before) => offset + before.length + 1, 0) + column - 1
  const word = /^[\w$.]+/.exec(text.slice(column - 1))?.[0] ?? ' '
  return { file, start, end: start + word.length }
}
