import { relative, sep } from 'node:path'
import type { Pointer } from '@anyfaas/kit'
import { type Lines, splitLines } from '@anyfaas/kit'
import type { Project } from './project.ts'

/** A place in a file as people read it: `serverless.yml:12:5`. */
export interface FilePlace {
  /** Relative to the service folder, with slashes. */
  readonly file: string
  /** Both count from 1; absent when the file is a program and not a text of values. */
  readonly line?: number
  readonly column?: number
}

/** Finds the places of pointers; a file of many is cut into lines once. */
export function createPlaces(project: Project): (pointer: Pointer, on?: 'key' | 'value') => FilePlace | undefined {
  const known = new Map<string, Lines | undefined>()
  return (pointer, on = 'key') => {
    const { at } = project.locate({ code: 'SLS3002', severity: 'note', message: '', pointer, on })
    if (!at) return undefined
    const file = relative(project.dir, at.file).split(sep).join('/')
    if (at.start === 0 && at.end === 0) return { file }
    if (!known.has(at.file)) {
      const text = project.sources(at.file)
      known.set(at.file, text === undefined ? undefined : splitLines(text))
    }
    const lines = known.get(at.file)
    return lines ? { file, ...lines.at(at.start) } : { file }
  }
}

/** `serverless.yml:12`. */
export function writePlace({ file, line }: FilePlace): string {
  return line === undefined ? file : `${file}:${line}`
}
