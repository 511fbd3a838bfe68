import { METHODS, type Method, parseInterval, parseSchedule } from '@anyfaas/kit'
import { parsePath } from './path.ts'
import type { Form } from './schema.ts'

const ANY = new Set(['ANY', 'ALL', '*'])

/** The methods of a text such as `get,post`; empty for any; undefined when one of them is none. */
export function parseMethods(text: string): readonly Method[] | undefined {
  if (!methodsOf.has(text)) methodsOf.set(text, readMethods(text))
  return methodsOf.get(text)
}

// The same few texts come again in every function, and each is asked for by the check, by the rules and by the model.
const methodsOf = new Map<string, readonly Method[] | undefined>()

function readMethods(text: string): readonly Method[] | undefined {
  const words = text
    .split(/[,|\s]+/)
    .filter(Boolean)
    .map((word) => word.toUpperCase())
  if (words.length === 0) return undefined
  if (words.some((word) => ANY.has(word))) return []
  const methods = words.filter((word): word is Method => (METHODS as readonly string[]).includes(word))
  return methods.length === words.length ? [...new Set(methods)] : undefined
}

/** `GET /path`, `/path` or `GET`, as `http:` takes them. */
export function splitRoute(text: string): { readonly method?: string; readonly path?: string } {
  const match = /^([A-Za-z,|*]+)(?:\s+(\S+))?$/.exec(text.trim())
  if (!match) return { path: text.trim() }
  return { method: match[1] as string, ...(match[2] !== undefined && { path: match[2] }) }
}

/** Why a text is not of a form; undefined when it is. */
export function checkForm(form: Form, text: string): string | undefined {
  return CHECKS[form](text)
}

const CHECKS: Readonly<Record<Form, (text: string) => string | undefined>> = {
  schedule: (text) => reasonOf(parseSchedule(text)),
  interval: (text) => reasonOf(parseInterval(text)),
  timezone: checkTimezone,
  path: (text) => reasonOf(parsePath(text)),
  method: (text) => (parseMethods(text) ? undefined : `it has to be "any" or some of ${METHODS.join(', ')}`),
  route: checkRoute,
}

function reasonOf(result: object): string | undefined {
  return 'reason' in result ? String(result.reason) : undefined
}

function checkRoute(text: string): string | undefined {
  const { method, path } = splitRoute(text)
  if (method !== undefined && !parseMethods(method)) return `"${method}" is not a method; it has to be as "GET /path"`
  return path === undefined ? undefined : reasonOf(parsePath(path))
}

function checkTimezone(text: string): string | undefined {
  // The list costs 2 ms; the first formatter that knows a zone costs 30, and only it knows the older names of zones.
  zones ??= new Set(Intl.supportedValuesOf('timeZone'))
  if (text === 'UTC' || zones.has(text)) return undefined
  try {
    new Intl.DateTimeFormat('en', { timeZone: text })
    return undefined
  } catch {
    // Intl answers an unknown zone with a RangeError: that is the answer.
    return 'it is not an IANA time zone such as "Asia/Shanghai"'
  }
}

let zones: Set<string> | undefined
