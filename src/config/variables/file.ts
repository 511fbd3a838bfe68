import { existsSync, realpathSync } from 'node:fs'
import { isAbsolute, relative, resolve, sep } from 'node:path'
import { isSlsError } from '@anyfaas/kit'
import { parseText, readText } from '../read.ts'
import type { Source } from '../source.ts'
import { follow } from './follow.ts'
import type { Reference } from './parse.ts'
import { type Asked, type Found, type Resolver, report, UNRESOLVED } from './resolver.ts'

/** `${file(path)}` and `${file(path):a.b}`: YAML and JSON as values, anything else as text. */
export function lookupFile(resolver: Resolver, reference: Reference, address: string, asked: Asked): Found | undefined {
  const name = resolver.name(reference.argument ?? [], asked.cursor)
  if (name === UNRESOLVED) return { value: UNRESOLVED }
  const path = resolve(resolver.context.dir, name)
  if (name === '' || !existsSync(path)) return missing(resolver, name, asked)
  if (leaves(resolver.context.dir, path)) {
    const message = `"${name}" is outside the service folder`
    return {
      value: report(resolver, 'SLS1024', asked, {
        message,
        help: ['copy it into the folder, or pass the value with --param or an environment variable'],
      }),
    }
  }
  const source = readOnce(resolver, path, asked)
  return source ? valueIn(resolver, source, address, asked) : { value: UNRESOLVED }
}

// A file that is not there lets a default have its turn; without one the message says which file.
function missing(resolver: Resolver, name: string, asked: Asked): Found | undefined {
  if (asked.text.includes(',')) return undefined
  return {
    value: report(resolver, 'SLS1021', asked, { message: name === '' ? 'file() needs a path' : `no file "${name}"` }),
  }
}

function leaves(dir: string, path: string): boolean {
  const way = relative(realpathSync(dir), realpathSync(path))
  return way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)
}

function readOnce(resolver: Resolver, path: string, asked: Asked): Source | undefined {
  const known = resolver.files.get(path)
  if (known) return known
  try {
    const text = readText(path)
    const source = /\.(ya?ml|json)$/i.test(path) ? parseText(path, text) : { file: path, text, value: text.trimEnd() }
    resolver.files.set(path, source)
    return source
  } catch (cause) {
    if (!isSlsError(cause)) throw cause
    for (const diagnostic of cause.diagnostics) {
      resolver.diagnostics.push({
        ...diagnostic,
        notes: [...(diagnostic.notes ?? []), { message: `read by ${asked.text}` }],
      })
    }
    return undefined
  }
}

function valueIn(resolver: Resolver, source: Source, address: string, asked: Asked): Found | undefined {
  const name = `file(${relative(resolver.context.dir, source.file)}):${address}`
  if (resolver.busy.includes(name)) {
    const chain = [...resolver.busy.slice(resolver.busy.indexOf(name)), name].join(' -> ')
    return { value: report(resolver, 'SLS1022', asked, { message: 'files in a circle', notes: [{ message: chain }] }) }
  }
  resolver.busy.push(name)
  const keys = address === '' ? [] : address.split('.')
  const { value, cursor } = follow(resolver, keys, { value: source.value, cursor: { source, pointer: '' } })
  resolver.busy.pop()
  return value === undefined || value === null ? undefined : { value, origin: cursor }
}
