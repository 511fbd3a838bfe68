import type { Pointer } from '@anyfaas/kit'
import { suggest } from '@anyfaas/kit'
import { joinPointer } from '../pointer.ts'
import { lookupFile } from './file.ts'
import { follow } from './follow.ts'
import type { Reference } from './parse.ts'
import { type Asked, type Found, type Resolver, report, UNRESOLVED } from './resolver.ts'
import { SOURCE_NAMES, SOURCES } from './sources.ts'

/** The value of one reference; undefined when it is not set. A mistake is reported and gives UNRESOLVED. */
export function lookup(resolver: Resolver, reference: Reference, asked: Asked): Found | undefined {
  const { source } = reference
  if (!SOURCE_NAMES.includes(source)) return unknownSource(resolver, source, asked)
  const address = resolver.name(reference.address, asked.cursor)
  if (address === UNRESOLVED) return { value: UNRESOLVED }
  if (source === 'file') return lookupFile(resolver, reference, address, asked)
  if (source === 'secret') return lookupSecret(resolver, address, asked)
  if (source === 'self') return lookupSelf(resolver, address === '' ? [] : address.split('.'), asked)
  if (source === 'param') return lookupParam(resolver, address, asked)
  if (source === 'sls') return lookupOwn(resolver, address, asked)
  const value = SOURCES[source]?.(address, resolver.context)
  return value === undefined ? undefined : { value, soft: true }
}

// Raw resources have a `${…}` of their own: what is not one of our names stays as it is there.
function unknownSource(resolver: Resolver, source: string, asked: Asked): Found {
  if (isRaw(asked.cursor.pointer)) return { value: asked.text }
  const near = suggest(source, SOURCE_NAMES)
  const help = near
    ? [`did you mean "${near}:"?`]
    : [`known are ${SOURCE_NAMES.join(', ')}; $\${ stands for a literal \${`]
  return { value: report(resolver, 'SLS1020', asked, { message: `"${source}" is not a source of variables`, help }) }
}

/** Whether a place is in raw settings, where `${…}` may be the platform's own. */
export function isRaw(pointer: Pointer): boolean {
  return pointer.startsWith('/resources/') || pointer.includes('/overrides/')
}

function lookupSecret(resolver: Resolver, name: string, asked: Asked): Found {
  if (/^[A-Za-z_][\w./-]*$/.test(name)) return { value: { $secret: [{ name }] } }
  return { value: report(resolver, 'SLS1023', asked, { message: `"${name}" is not a name of a secret` }) }
}

/** The value at a path of the file itself, its own variables resolved on the way. */
export function lookupSelf(resolver: Resolver, keys: readonly string[], asked: Asked): Found | undefined {
  const name = `self:${keys.join('.')}`
  if (resolver.busy.includes(name)) return circle(resolver, name, asked)
  resolver.busy.push(name)
  const { value } = follow(resolver, keys, { value: resolver.root, cursor: { pointer: '' } })
  resolver.busy.pop()
  return value === undefined || value === null ? undefined : { value, origin: { pointer: joinPointer(keys) } }
}

function lookupParam(resolver: Resolver, name: string, asked: Asked): Found | undefined {
  const given = resolver.context.params
  if (Object.hasOwn(given, name)) return { value: given[name], soft: true }
  const { stage } = resolver.context
  return (
    (stage === undefined ? undefined : lookupSelf(resolver, ['params', stage, name], asked)) ??
    lookupSelf(resolver, ['params', 'default', name], asked)
  )
}

function lookupOwn(resolver: Resolver, name: string, asked: Asked): Found | undefined {
  if (name === 'stage') return resolver.context.stage === undefined ? undefined : { value: resolver.context.stage }
  if (name === 'service') return firstText(resolver, [['service', 'name'], ['service']], asked)
  if (name !== 'provider')
    return {
      value: report(resolver, 'SLS1020', asked, {
        message: `"sls:${name}" is not known`,
        help: ['known are sls:stage, sls:service and sls:provider'],
      }),
    }
  if (resolver.context.provider !== undefined) return { value: resolver.context.provider }
  return firstText(resolver, [['provider', 'name'], ['provider']], asked)
}

function firstText(resolver: Resolver, paths: readonly (readonly string[])[], asked: Asked): Found | undefined {
  for (const path of paths) {
    const found = lookupSelf(resolver, path, asked)
    if (found && (typeof found.value === 'string' || found.value === UNRESOLVED)) return found
  }
  return undefined
}

function circle(resolver: Resolver, name: string, asked: Asked): Found {
  const chain = [...resolver.busy.slice(resolver.busy.indexOf(name)), name].join(' -> ')
  return {
    value: report(resolver, 'SLS1022', asked, { message: 'variables in a circle', notes: [{ message: chain }] }),
  }
}
