import { readFile } from 'node:fs/promises'
import { type Artifact, error, type Resource, SlsError, type Tree } from '@anyfaas/kit'
import { facts } from '../facts.ts'

/** The code of a function in the words of the API. Throws SLS4010 for more than fits into a request. */
export async function codeOf({ id, fn, spec }: Resource<Tree>, artifacts: readonly Artifact[]): Promise<Tree> {
  const image = spec['ImageConfig'] as Tree | undefined
  if (image) return { ImageConfig: Object.fromEntries(Object.entries(image).filter(([, value]) => value !== '')) }
  const artifact = artifacts.find(({ handlers }) => fn !== undefined && fn in handlers)
  if (!artifact) throw new Error(`no artifact for ${fn}`)
  if (artifact.bytes > MOST_BYTES) throw new SlsError(tooLarge(id, artifact.bytes))
  return { ZipFile: (await readFile(artifact.path)).toString('base64') }
}

const MOST_BYTES = facts.zipBytes ?? Number.POSITIVE_INFINITY

function tooLarge(id: string, bytes: number): ReturnType<typeof error> {
  const size = (count: number): string => `${(count / 1024 / 1024).toFixed(1)} MB`
  return error('SLS4010', `the code of ${id} has ${size(bytes)}; a request to SCF takes ${size(MOST_BYTES)}`, {
    help: ['package: {individually: true} makes one artifact a function', 'move large files into a layer or an image'],
  })
}
