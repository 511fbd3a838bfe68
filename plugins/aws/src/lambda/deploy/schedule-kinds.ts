import { isOurs, type Live, marksOf, type Tree } from '@anyfaas/kit'
import { type Kind, unlessMissing } from './kind.ts'
import type { NewRoles } from './new-roles.ts'
import { tagList, tagMap } from './our-functions.ts'
import { holderId, splitArn } from './qualifiers.ts'
import type { Site } from './site.ts'

/** Schedules, and the group of the service that they stand in. Only the group has tags. */
export function scheduleKinds(site: Site, group: string, roles: NewRoles): readonly Kind[] {
  const call: Caller = (action, input, about, options) =>
    site.api.call({ service: 'scheduler', action, input, about }, options)
  return [groupKind(site, call, group), scheduleKind({ ...site, roles }, call, group)]
}

type Caller = (action: string, input: object, about: string, options: { readonly signal: AbortSignal }) => Promise<Tree>

function groupKind({ service }: Site, send: Caller, Name: string): Kind {
  return {
    type: 'aws:schedule-group',
    fields: ['Name'],
    rules: { Name: 'replace' },
    async list(call, desired) {
      const group = await unlessMissing(send('GetScheduleGroup', { Name }, 'schedule-group', call))
      if (!group || group['State'] === 'DELETING') return []
      const { Tags } = await send('ListTagsForResource', { ResourceArn: group['Arn'] }, 'schedule-group', call)
      const isForeign = !isOurs(tagMap(Tags), service)
      if (isForeign && desired.length === 0) return []
      return [{ id: 'schedule-group', value: group, ...(isForeign && { isForeign: true as const }) }]
    },
    async create(spec, call, { id }) {
      await send('CreateScheduleGroup', { ...spec, Tags: tagList(marksOf(service)) }, id, call)
      return {}
    },
    async update(_spec, { Arn }, call, { id }) {
      await send('TagResource', { ResourceArn: Arn, Tags: tagList(marksOf(service)) }, id, call)
      return {}
    },
    remove: (live, call, id) => send('DeleteScheduleGroup', { Name: live['Name'] }, id, call),
  }
}

/** Field -> its value when the file does not say: an update resets what it does not name. */
export const SCHEDULE: Tree = {
  ScheduleExpression: '',
  ScheduleExpressionTimezone: 'UTC',
  State: 'ENABLED',
  FlexibleTimeWindow: { Mode: 'OFF' },
}

function scheduleKind({ api, roles }: Site & { readonly roles: NewRoles }, send: Caller, GroupName: string): Kind {
  const request = { service: 'scheduler', action: 'ListSchedules', input: { GroupName }, about: 'schedules' } as const
  return {
    type: 'aws:schedule',
    fields: [
      'Name',
      'GroupName',
      'Description',
      'Target',
      'StartDate',
      'EndDate',
      'KmsKeyArn',
      ...Object.keys(SCHEDULE),
    ],
    rules: { Name: 'replace', GroupName: 'replace' },
    async list(call) {
      const found = await unlessMissing(
        api.list(request, { items: 'Schedules', next: 'NextToken', ask: 'NextToken' }, call),
      )
      const read = (found ?? []).map(async ({ Name }): Promise<Live<Tree>[]> => {
        const live = await unlessMissing(send('GetSchedule', { Name, GroupName }, `schedule ${Name}`, call))
        return live && isOwn(live) ? [readSchedule(live)] : []
      })
      return (await Promise.all(read)).flat()
    },
    async find({ id, spec }, call) {
      const live = await unlessMissing(send('GetSchedule', { Name: spec['Name'], GroupName }, id, call))
      return live && { ...readSchedule(live), id, ...(!isOwn(live) && { isForeign: true as const }) }
    },
    create: (spec, call, { id }) => roles.use(roleOf(spec), () => send('CreateSchedule', spec, id, call), call.signal),
    update: (spec, _live, call, { id }) =>
      roles.use(roleOf(spec), () => send('UpdateSchedule', spec, id, call), call.signal),
    remove: ({ Name }, call, id) => send('DeleteSchedule', { Name, GroupName }, id, call),
  }
}

function roleOf({ Target }: Tree): unknown {
  return (Target as Tree)['RoleArn']
}

// The description bears the id, for the name may be a shortened one.
function isOwn({ Description }: Tree): boolean {
  return typeof Description === 'string' && Description.startsWith('trigger/')
}

function readSchedule(live: Tree): Live<Tree> {
  const id = String(live['Description'])
  const fn = id.split('/')[1] ?? ''
  const Target = live['Target'] as Tree
  const value = {
    ...Object.fromEntries(Object.entries(live).filter(([, item]) => item !== undefined && item !== '')),
    Target: { ...Target, RetryPolicy: Target['RetryPolicy'] ?? RETRY },
  }
  const called = holderId(fn, splitArn(Target['Arn'])[1])
  return { id, fn, uses: [`function/${fn}`, called, 'schedule-group', 'role/scheduler'], value }
}

/** What the platform takes when the file does not say. */
export const RETRY = { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 }
