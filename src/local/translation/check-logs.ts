import { type Diagnostic, error, type Fn, isMap, type Service, triggersOf } from '@anyfaas/kit'

/** A log trigger listens to a function of the service or to a file, and never to what its own calls make somebody print. */
export function checkLogs(fn: Fn, service: Service): readonly Diagnostic[] {
  return listenedTo(fn).flatMap(({ source, at }) => {
    const pointer = `${at}/source` as const
    if (source.startsWith('/')) return []
    const other = service.functions.find(({ name }) => name === source)
    if (!other) {
      const message = `the log trigger of function "${fn.name}" listens to "${source}", which is no function of the service`
      const help = [
        'name one, or the absolute path of a file',
        'overrides: {local: {source: …}} does it for this platform alone',
      ]
      return [error('SLS3001', message, { pointer, on: 'value', reason: message, help })]
    }
    if (!reaches(other, fn.name, service, new Set())) return []
    const message = `the log trigger of function "${fn.name}" listens to what its own calls print`
    return [error('SLS3001', message, { pointer, on: 'value', reason: message })]
  })
}

function reaches(from: Fn, name: string, service: Service, seen: Set<string>): boolean {
  if (from.name === name) return true
  if (seen.has(from.name)) return false
  seen.add(from.name)
  return listenedTo(from).some(({ source }) => {
    const next = service.functions.find((one) => one.name === source)
    return next !== undefined && reaches(next, name, service, seen)
  })
}

function listenedTo(fn: Fn): { readonly source: string; readonly at: string }[] {
  return triggersOf(fn).flatMap(({ trigger }) => {
    if (trigger.kind !== 'log') return []
    const raw = trigger.overrides?.['local']
    const own = isMap(raw) ? raw['source'] : undefined
    return [{ source: typeof own === 'string' ? own : trigger.source, at: trigger.at }]
  })
}
