import { logicalNames, type Service } from '@anyfaas/kit'

/** Function -> its logical id in the template. */
export function functionIds(service: Service): ReadonlyMap<string, string> {
  const names = logicalNames(service.functions.map((fn) => fn.name))
  return new Map([...names].map(([name, id]) => [name, `${id}Function`]))
}

export const API = 'HttpApi'
export const GROUP = 'ScheduleGroup'
