import { isUtf8 } from 'node:buffer'
import { readFileSync, type Stats, statSync } from 'node:fs'
import { basename } from 'node:path'
import { type Diagnostic, error, SlsError } from '@anyfaas/kit'
import { constructFromEvents, EVENT_ID, type Event, parseEvents, YAMLException } from 'js-yaml'
import { YAML_SCHEMA } from './cloud-tags.ts'
import { readPlainYaml } from './plain-yaml.ts'
import type { Source } from './source.ts'
import { findDuplicates } from './spans.ts'

const MAX_BYTES = 64 * 1024 * 1024
const MAX_DEPTH = 100
// Aliases share one object in memory; this bounds what they expand to when the tree is walked.
const MAX_MERGED_KEYS = 100_000

/** Reads and parses a YAML or JSON file. Throws SLS1010 to SLS1013. */
export function readSource(file: string): Source {
  const bytes = readUtf8(file)
  return parsePlain(file, bytes) ?? parseWhole(file, textOf(bytes))
}

/** Reads a text file of sane size. */
export function readText(file: string): string {
  return textOf(readUtf8(file))
}

export function parseText(file: string, text: string): Source {
  return (HALF_PAIR.test(text) ? undefined : parsePlain(file, Buffer.from(text))) ?? parseWhole(file, text)
}

// No file has such a text, but a program may.
const HALF_PAIR = /\p{Surrogate}/u

// The text itself is made when somebody asks for a place in it.
function parsePlain(file: string, bytes: Buffer): Source | undefined {
  const plain = readPlainYaml(bytes)
  if (!plain) return undefined
  let text: string | undefined
  const whole = (): string => {
    text ??= textOf(bytes)
    return text
  }
  return {
    file,
    get text() {
      return whole()
    },
    value: plain.value,
    events: () => eventsOf(file, whole()),
  }
}

function readUtf8(file: string): Buffer {
  const bytes = readBytes(file)
  if (bytes.includes(0)) throw unreadable(file, 'it is not text')
  if (!isUtf8(bytes)) throw unreadable(file, 'it is not UTF-8 text')
  return bytes
}

// A byte order mark is no part of the text.
function textOf(bytes: Buffer): string {
  return bytes.toString('utf8').replace(/^\uFEFF/, '')
}

function eventsOf(file: string, text: string): Event[] {
  return parseEvents(text, { filename: file, maxDepth: MAX_DEPTH })
}

function parseWhole(file: string, text: string): Source {
  let events: Event[] = []
  try {
    events = eventsOf(file, text)
    const documents = constructFromEvents(events, {
      source: text,
      filename: file,
      schema: YAML_SCHEMA,
      maxTotalMergeKeys: MAX_MERGED_KEYS,
    })
    if (documents.length > 1) throw new SlsError(severalDocuments(file, text))
    const hasAliases = events.some(({ type }) => type === EVENT_ID.ALIAS)
    return { file, text, value: documents[0], hasAliases, events: () => events }
  } catch (cause) {
    if (cause instanceof YAMLException) throw new SlsError(explain(file, text, events, cause), { cause })
    throw cause
  }
}

function readBytes(file: string): Buffer {
  try {
    const stats = statSync(file)
    const problem = unfit(stats)
    if (problem) throw problem === 'large' ? tooLarge(file, stats.size) : unreadable(file, problem)
    return readFileSync(file)
  } catch (cause) {
    if (cause instanceof SlsError) throw cause
    throw unreadable(file, (cause as Error).message, cause)
  }
}

function unfit(stats: Stats): string | undefined {
  if (stats.isDirectory()) return 'it is a folder'
  if (!stats.isFile()) return 'it is not a regular file'
  return stats.size > MAX_BYTES ? 'large' : undefined
}

function unreadable(file: string, reason: string, cause?: unknown): SlsError {
  return new SlsError(
    error('SLS1010', `cannot read "${basename(file)}": ${reason}`, { at: { file, start: 0, end: 0 } }),
    { cause },
  )
}

function tooLarge(file: string, bytes: number): SlsError {
  const size = `${Math.round(bytes / 1024 / 1024)} MB`
  return new SlsError(
    error('SLS1013', `"${basename(file)}" has ${size}; the most is ${MAX_BYTES / 1024 / 1024} MB`, {
      at: { file, start: 0, end: 0 },
    }),
  )
}

function severalDocuments(file: string, text: string): Diagnostic {
  const start = text.lastIndexOf('\n---') + 1
  return error('SLS1011', 'a service file is one YAML document, this one has several', {
    at: { file, start, end: start + 3 },
  })
}

function explain(file: string, text: string, events: readonly Event[], cause: YAMLException): readonly Diagnostic[] {
  const duplicates = findDuplicates({ file, text, value: undefined, events: () => events })
  if (duplicates.length > 0) return duplicates
  const start = Math.min(cause.mark?.position ?? 0, text.length)
  const code = /exceeded max|maxDepth|merge keys/i.test(cause.reason) ? 'SLS1013' : 'SLS1011'
  const help = advise(cause.reason, text, start)
  return [
    error(code, cause.reason, {
      at: { file, start, end: Math.min(start + 1, text.length) },
      ...(help && { help: [help] }),
    }),
  ]
}

function advise(reason: string, text: string, at: number): string | undefined {
  const line = text.slice(text.lastIndexOf('\n', at - 1) + 1, at + 1)
  if (/\t/.test(line)) return 'YAML is indented with spaces, not tabs'
  if (/:\s*[*&!%@`]/.test(line)) return 'a text that begins with * & ! % @ or ` needs quotes: path: "/*"'
  if (/bad indentation|mapping/i.test(reason))
    return 'check that keys of one map stand in one column, and that ": " in a text is in quotes'
  return undefined
}
