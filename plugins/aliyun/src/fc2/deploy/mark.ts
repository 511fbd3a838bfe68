import type { Service } from '@anyfaas/kit'

/**
 * This edition has tags for services only, and gives them in a second call: a deploy that is killed between would not know
 * its own service again. So the mark is the end of the description, which is there from the first moment.
 */
export function withMark(description: string, service: Pick<Service, 'name' | 'stage'>): string {
  const mark = markOf(service)
  const text = description.slice(0, Math.max(0, LONGEST - mark.length - 1)).trimEnd()
  return text === '' ? mark : `${text} ${mark}`
}

/** True for the description of a thing that belongs to this service and stage. */
export function isMarked(description: unknown, service: Pick<Service, 'name' | 'stage'>): boolean {
  return typeof description === 'string' && ` ${description}`.endsWith(` ${markOf(service)}`)
}

const LONGEST = 256

function markOf({ name, stage }: Pick<Service, 'name' | 'stage'>): string {
  return `[anyfaas ${name}/${stage}]`
}
