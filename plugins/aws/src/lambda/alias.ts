import { adjusted, type Diagnostic, type Fn, refused, type Trigger, treeAt, triggersOf, warning } from '@anyfaas/kit'

/**
 * The alias that events call which name none: of a function that keeps instances ready, for those belong to a version.
 * It leads to what was deployed last. https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
 */
export function aliasOf(fn: Fn): string | undefined {
  const raw = treeAt(fn.overrides['aws'], ['AutoPublishAlias'])
  if (typeof raw === 'string') return raw
  if (!fn.concurrency?.min) return undefined
  return (
    triggersOf(fn)
      .map(({ trigger }) => calledBy(trigger))
      .find((name) => name !== undefined) ?? USUAL
  )
}

/** The alias that an event names. */
export function calledBy({ qualifier: name }: Pick<Trigger, 'qualifier'>): string | undefined {
  return name === undefined || /^\d+$/.test(name) ? undefined : name
}

const USUAL = 'live'

/** What an event calls: an alias by its name. */
export function qualifier(name: string): unknown {
  if (/^\d+$/.test(name)) return adjusted(undefined, 'an event calls an alias, which may lead to a version')
  if (/^[\w-]{1,100}$/.test(name)) return name
  return refused(`"${name}" is not the name of an alias`, 'qualifier: live')
}

/** SAM lets all events of a function call the same. */
export function checkAliases(fn: Fn): readonly Diagnostic[] {
  const own = aliasOf(fn)
  const events = triggersOf(fn).filter(({ trigger }) => trigger.kind !== 'event')
  const called = new Set(events.map(({ trigger }) => calledBy(trigger) ?? own))
  if (called.size < 2) return []
  const [first] = [...called].filter((name) => name !== undefined)
  const reason = `all events of a function call the same in a SAM template: "${own ?? first}"`
  const message = `the events of function "${fn.name}" call different versions of it: sls deploy does that, but ${reason}`
  return [warning('SLS3002', message, { pointer: fn.at, on: 'key', reason })]
}
