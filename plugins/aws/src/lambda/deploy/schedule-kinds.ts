import { createHash } from 'node:crypto'
import {
  type Call,
  deployedName,
  isOurs,
  isRef,
  type Live,
  marksOf,
  type Resource,
  secretsIn,
  type Tree,
} from '@anyfaas/kit'
import type { Action } from '../../account/sdk.ts'
import { type Kind, unlessMissing } from './kind.ts'
import type { Marked } from './marked.ts'
import type { NewRoles } from './new-roles.ts'
import { holderId, splitArn } from './qualifiers.ts'
import type { Site } from './site.ts'
import { tagList, tagMap } from './tags.ts'

/** Schedules, and the group of the service that they stand in. Only the group has tags. */
export function scheduleKinds(site: Site, group: string, { marked, roles }: Surroundings): readonly Kind[] {
  const call: Caller = (action, input, about, options) =>
    site.api.call({ service: 'scheduler', action, input, about }, options)
  return [groupKind({ ...site, marked }, call, group), scheduleKind({ ...site, roles }, call, group)]
}

interface Surroundings {
  readonly marked: Marked
  readonly roles: NewRoles
}

type Caller = (
  action: Action<'scheduler'>,
  input: object,
  about: string,
  options: { readonly signal: AbortSignal },
) => Promise<Tree>

function groupKind({ service, marked }: Site & { readonly marked: Marked }, send: Caller, Name: string): Kind {
  // The list of all tags lags behind: a group that it does not know is asked.
  const isMarked = async (ResourceArn: unknown, call: Call): Promise<boolean> => {
    if ((await marked.of('scheduler:schedule-group', call)).has(String(ResourceArn))) return true
    const { Tags } = await send('ListTagsForResource', { ResourceArn }, 'schedule-group', call)
    return isOurs(tagMap(Tags), service)
  }
  return {
    type: 'aws:schedule-group',
    fields: ['Name'],
    rules: { Name: 'replace' },
    async list(call, desired) {
      const group = await unlessMissing(send('GetScheduleGroup', { Name }, 'schedule-group', call))
      if (!group || group['State'] === 'DELETING') return []
      const isForeign = !(await isMarked(group['Arn'], call))
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

function scheduleKind(site: Site & { readonly roles: NewRoles }, send: Caller, GroupName: string): Kind {
  const { api, roles } = site
  const request = { service: 'scheduler', action: 'ListSchedules', input: { GroupName }, about: 'schedules' } as const
  const paging = { items: 'Schedules', next: 'NextToken', ask: 'NextToken' }
  const look = async (Name: unknown, about: string, call: Call): Promise<Tree | undefined> =>
    await unlessMissing(send('GetSchedule', { Name, GroupName }, about, call))
  return {
    type: 'aws:schedule',
    fields: ['GroupName', 'Description', 'Target', 'StartDate', 'EndDate', 'KmsKeyArn', ...Object.keys(SCHEDULE)],
    // A schedule keeps its name when it is changed.
    rules: { GroupName: 'replace', Name: 'ignore' },
    async list(call, desired) {
      const wanted = new Map(desired.map((resource) => [resource.spec['Name'], resource]))
      const found = (await unlessMissing(api.list(request, paging, call))) ?? []
      const read = found.map(async (summary): Promise<Live<Tree>[]> => {
        const resource = wanted.get(summary['Name'])
        if (resource && isUntouched(summary, resource)) return [{ ...readSchedule(resource.spec), id: resource.id }]
        const live = await look(summary['Name'], `schedule ${summary['Name']}`, call)
        return live && isOwn(live) ? [readSchedule(live)] : []
      })
      return eachOnce((await Promise.all(read)).flat(), wanted)
    },
    async find({ id, spec }, call) {
      const live = await look(spec['Name'], id, call)
      return live && { ...readSchedule(live), id, ...(!isOwn(live) && { isForeign: true as const }) }
    },
    create: (spec, call, { id }) => roles.use(roleOf(spec), () => send('CreateSchedule', spec, id, call), call.signal),
    update: (spec, { Name }, call, { id }) =>
      roles.use(roleOf(spec), () => send('UpdateSchedule', { ...spec, Name }, id, call), call.signal),
    remove: ({ Name }, call, id) => send('DeleteSchedule', { Name, GroupName }, id, call),
  }
}

/**
 * The name that a schedule gets: with a digest of what it is made as. A list tells when one was made and when it was changed, and
 * nothing of what it is; so one that has the name and was never changed is as desired, and need not be read.
 */
export function scheduleName(name: string, spec: Tree): string {
  // What a secret is worth stands in no digest.
  if (secretsIn(spec).length > 0) return name
  const digest = createHash('sha256').update(JSON.stringify(spec)).digest('hex').slice(0, DIGEST_LENGTH)
  return deployedName([name.slice(0, NAME.maxLength - DIGEST_LENGTH - 1), digest], NAME)
}

const DIGEST_LENGTH = 10

const NAME = { pattern: /^[\w.-]+$/, maxLength: 64, words: '' }

function isUntouched({ CreationDate, LastModificationDate }: Tree, { spec }: Resource<Tree>): boolean {
  if (!(CreationDate instanceof Date && LastModificationDate instanceof Date)) return false
  return CreationDate.getTime() === LastModificationDate.getTime() && secretsIn(spec).length === 0
}

// Two deploys at once, of different files, can make one each for the same trigger. The one that nobody wants goes.
function eachOnce(found: readonly Live<Tree>[], wanted: ReadonlyMap<unknown, unknown>): readonly Live<Tree>[] {
  const best = new Map<string, Live<Tree>>()
  for (const live of found) if (!best.has(live.id) || wanted.has(live.value['Name'])) best.set(live.id, live)
  return found.map((live) =>
    best.get(live.id) === live ? live : { ...live, id: `${live.id} (${live.value['Name']})` },
  )
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
  const { Arn } = Target
  const called = isRef(Arn) ? Arn.$ref : holderId(fn, splitArn(Arn)[1])
  return { id, fn, uses: [`function/${fn}`, called, 'schedule-group', 'role/scheduler'], value }
}

/** What the platform takes when the file does not say. */
export const RETRY = { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 }
