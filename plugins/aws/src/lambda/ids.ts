import { deployedName, logicalNames, type Service } from '@anyfaas/kit'

/** Function -> its logical id in the template. */
export function functionIds(service: Service): ReadonlyMap<string, string> {
  const ids = known.get(service.functions) ?? nameFunctions(service)
  known.set(service.functions, ids)
  return ids
}

// Translating and rendering ask for them, and names are never changed.
const known = new WeakMap<Service['functions'], ReadonlyMap<string, string>>()

function nameFunctions({ functions }: Service): ReadonlyMap<string, string> {
  const names = logicalNames(functions.map((fn) => fn.name))
  return new Map([...names].map(([name, id]) => [name, `${id}Function`]))
}

export const API = 'HttpApi'
export const GROUP = 'ScheduleGroup'

export const SCHEDULE_NAME = { pattern: /^[\w.-]+$/, maxLength: 64, words: '' }

/** The name of the group that the schedules of a service stand in. */
export function scheduleGroup({ name, stage }: Pick<Service, 'name' | 'stage'>): string {
  return deployedName([name, stage], SCHEDULE_NAME)
}
