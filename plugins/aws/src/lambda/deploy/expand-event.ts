import { type Diagnostic, isRef, type Resource, type Tree } from '@anyfaas/kit'
import { cannot } from './cannot.ts'
import { RETRY, SCHEDULE } from './schedule-kinds.ts'
import type { Place } from './site.ts'

export interface EventContext {
  readonly place: Place
  readonly problems: Diagnostic[]
  /** Resource -> the name of its bucket. */
  readonly buckets: ReadonlyMap<string, string>
}

/** A trigger that is no route, as the things that make it. */
export function expandEvent(event: Resource<Tree>, context: EventContext): readonly Resource[] {
  const type = String(event.spec['Type'])
  const target = event.spec['FunctionName']
  if (!isRef(target)) throw new Error('an event without its function')
  const fn = target.$ref.slice('function/'.length)
  const make = MAKERS[type]
  if (make) return make({ ...event, fn }, context)
  context.problems.push(cannot(`the event ${type} of function "${fn}"`, event.at))
  return []
}

type Owned = Resource<Tree> & { readonly fn: string }

const MAKERS: Readonly<Record<string, (event: Owned, context: EventContext) => readonly Resource[]>> = {
  ScheduleV2: (event) => {
    const { RoleArn, Input, RetryPolicy, DeadLetterConfig, ...given } = event.spec['Properties'] as Tree
    const Target = {
      Arn: { $ref: `function/${event.fn}`, field: 'FunctionArn' },
      RoleArn,
      Input,
      RetryPolicy: { ...RETRY, ...(RetryPolicy as Tree) },
      ...(DeadLetterConfig !== undefined && { DeadLetterConfig }),
    }
    return [{ ...event, type: 'aws:schedule', spec: { ...SCHEDULE, ...given, Target, Description: event.id } }]
  },
}
