import type { Service } from './service.ts'

/**
 * The marks by which we know what is ours, as tags or labels: a thing that bears those of a service and stage belongs to
 * it, and nothing else does. The function's name is there because the deployed name may be a shortened one.
 */
export const MARKS = {
  service: 'anyfaas-service',
  stage: 'anyfaas-stage',
  fn: 'anyfaas-function',
  /** Bears the seal of a function's code. It is no part of a spec: a function may keep an older artifact that is as good. */
  code: 'anyfaas-code',
} as const

/** The marks of a thing of this service, and of one of its functions. */
export function marksOf({ name, stage }: Pick<Service, 'name' | 'stage'>, fn?: string): Record<string, string> {
  return { [MARKS.service]: name, [MARKS.stage]: stage, ...(fn !== undefined && { [MARKS.fn]: fn }) }
}

/** True for the tags of a thing that belongs to this service and stage. */
export function isOurs(
  tags: Readonly<Record<string, string>>,
  { name, stage }: Pick<Service, 'name' | 'stage'>,
): boolean {
  return tags[MARKS.service] === name && tags[MARKS.stage] === stage
}
