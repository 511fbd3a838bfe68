import type { Service } from '@anyfaas/kit'

/**
 * Edition 2.0 has tags for services only, and gives them in a second call: a deploy that is killed between would not know its own
 * service again. So the mark is the end of the description, which is there from the first moment; that of a policy is told with it.
 */
export function withMark(description: string, service: Marked): string {
  const mark = markOf(service)
  const text = description.slice(0, Math.max(0, LONGEST - mark.length - 1)).trimEnd()
  return text === '' ? mark : `${text} ${mark}`
}

/** True for the description of a thing that belongs to this service and stage. */
export function isMarked(description: unknown, service: Marked): boolean {
  const [plain] = splitSeal(description)
  return ` ${plain}`.endsWith(` ${markOf(service)}`)
}

/** The description with the seal of the code in the end of its mark. */
export function withSeal(description: string, seal: string | undefined): string {
  return seal === undefined ? description : description.replace(MARK, (mark) => `${mark.slice(0, -1)} ${seal}]`)
}

/** The description as it was before `withSeal`, and the seal. */
export function splitSeal(description: unknown): [plain: string, seal?: string] {
  const text = typeof description === 'string' ? description : ''
  const seal = SEAL.exec(text)?.[1]
  return seal === undefined ? [text] : [text.replace(SEAL, ']'), seal]
}

type Marked = Pick<Service, 'name' | 'stage'>

const MARK = /\[anyfaas [^\s\]]+\]$/
const SEAL = /(?<=\[anyfaas [^\s\]]+) ([0-9a-f]+\.\d+)\]$/

// A description may have 256 characters: room for the longest seal is kept, so that it changes nothing else.
const LONGEST = 256 - ' '.length - 32 - '.'.length - 20

function markOf({ name, stage }: Marked): string {
  return `[anyfaas ${name}/${stage}]`
}
