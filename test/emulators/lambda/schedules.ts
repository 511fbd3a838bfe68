import { Refusal } from '../refusal.ts'
import type { Tree } from './schema.ts'
import { ACCOUNT, type Calls, REGION, type Tagged, tagMap, type World } from './world.ts'

interface Group {
  readonly name: string
  tags: readonly Tree[]
  readonly schedules: Map<string, Tree>
}

/** Schedules and their groups, as EventBridge Scheduler keeps them. */
export class ScheduleCalls {
  readonly groups = new Map<string, Group>()
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  get calls(): Calls {
    return {
      CreateScheduleGroup: ({ Name, Tags = [] }) => {
        const name = String(Name)
        if (this.groups.has(name)) throw taken(`Schedule group ${name} already exists.`)
        this.groups.set(name, { name, tags: Tags as Tree[], schedules: new Map() })
        return { ScheduleGroupArn: groupArn(name) }
      },
      GetScheduleGroup: ({ Name }) => {
        const { name } = this.#group(Name)
        return { Name: name, Arn: groupArn(name), State: 'ACTIVE' }
      },
      DeleteScheduleGroup: ({ Name }) => {
        this.groups.delete(this.#group(Name).name)
        return {}
      },
      ListTagsForResource: ({ ResourceArn }) => ({ Tags: this.#group(String(ResourceArn).split('/').at(-1)).tags }),
      TagResource: ({ ResourceArn, Tags }) => {
        const group = this.#group(String(ResourceArn).split('/').at(-1))
        const keys = new Set((Tags as Tree[]).map(({ Key }) => Key))
        group.tags = [...group.tags.filter(({ Key }) => !keys.has(Key)), ...(Tags as Tree[])]
        return {}
      },
      ListSchedules: ({ GroupName }) => ({
        Schedules: [...this.#group(GroupName).schedules.values()].map((one) => ({
          ...{ Name: one['Name'], State: one['State'], GroupName },
          ...{ CreationDate: one['CreationDate'], LastModificationDate: one['LastModificationDate'] },
          Target: { Arn: (one['Target'] as Tree)['Arn'] },
        })),
      }),
      GetSchedule: (input) => this.#schedule(input),
      CreateSchedule: (input) => {
        const { schedules, name } = this.#group(input['GroupName'])
        if (schedules.has(String(input['Name']))) throw taken(`Schedule ${input['Name']} already exists.`)
        this.#check(input)
        const CreationDate = Date.now() / 1000
        schedules.set(String(input['Name']), { ...input, CreationDate, LastModificationDate: CreationDate })
        return { ScheduleArn: `arn:aws:scheduler:${REGION}:${ACCOUNT}:schedule/${name}/${input['Name']}` }
      },
      UpdateSchedule: (input) => {
        const { CreationDate } = this.#schedule(input)
        this.#check(input)
        this.#put(input, { CreationDate, LastModificationDate: Number(CreationDate) + 1 })
        return { ScheduleArn: `arn:aws:scheduler:${REGION}:${ACCOUNT}:schedule/${input['GroupName']}/${input['Name']}` }
      },
      DeleteSchedule: (input) => {
        this.#schedule(input)
        this.#group(input['GroupName']).schedules.delete(String(input['Name']))
        return {}
      },
    }
  }

  state(): unknown {
    return [...this.groups.values()].map(({ name, tags, schedules }) => ({
      name,
      tags: [...tags].map((tag) => JSON.stringify(tag)).sort(),
      schedules: [...schedules.values()].map((one) => JSON.stringify(sorted(plain(one)))).sort(),
    }))
  }

  /** Changes a schedule behind everybody's back. */
  drift(change: Tree): void {
    for (const { schedules } of this.groups.values())
      for (const one of schedules.values()) Object.assign(one, change, { LastModificationDate: Date.now() / 1000 + 1 })
  }

  #put(input: Tree, times: Tree): void {
    this.#group(input['GroupName']).schedules.set(String(input['Name']), { ...input, ...times })
  }

  #check({ ScheduleExpression, Target, ScheduleExpressionTimezone = 'UTC' }: Tree): void {
    if (!/^(rate\(\d+ (minutes?|hours?|days?)\)|cron\((\S+ ){5}\S+\)|at\(.+\))$/.test(String(ScheduleExpression)))
      throw new Refusal(400, 'ValidationException', `Invalid Schedule Expression ${ScheduleExpression}.`)
    if (
      !Intl.supportedValuesOf('timeZone').includes(String(ScheduleExpressionTimezone)) &&
      ScheduleExpressionTimezone !== 'UTC'
    )
      throw new Refusal(400, 'ValidationException', 'Invalid timezone')
    if (!this.#world.canAssume((Target as Tree)['RoleArn'], 'scheduler.amazonaws.com'))
      throw new Refusal(
        400,
        'ValidationException',
        'The execution role you provide must allow AWS EventBridge Scheduler to assume the role.',
      )
  }

  tagged(): Tagged[] {
    return [...this.groups.values()].map(({ name, tags }) => [groupArn(name), tagMap(tags)])
  }

  #group(name: unknown): Group {
    const group = this.groups.get(String(name))
    if (!group) throw missing(`Schedule group ${name} does not exist.`)
    return group
  }

  #schedule({ GroupName, Name }: Tree): Tree {
    const schedule = this.#group(GroupName).schedules.get(String(Name))
    if (!schedule) throw missing(`Schedule ${Name} does not exist.`)
    const { ClientToken: _, ...told } = schedule
    return told
  }
}

function groupArn(name: string): string {
  return `arn:aws:scheduler:${REGION}:${ACCOUNT}:schedule-group/${name}`
}

// The name bears a digest of what it was made as, which a schedule that was changed since keeps.
function plain({ ClientToken: _, Name, CreationDate: __, LastModificationDate: ___, ...one }: Tree): Tree {
  return { ...one, Name: String(Name).replace(/-[0-9a-f]{10}$/, '') }
}

function sorted(tree: Tree): Tree {
  return Object.fromEntries(Object.entries(tree).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function taken(message: string): Refusal {
  return new Refusal(409, 'ConflictException', message)
}

function missing(message: string): Refusal {
  return new Refusal(404, 'ResourceNotFoundException', message)
}
