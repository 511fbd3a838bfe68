import { readFile } from 'node:fs/promises'
import type { Artifact, Call, Resource, Tree } from '@anyfaas/kit'
import type { CodeBucket } from './code-bucket.ts'

export interface CodeSource {
  readonly artifacts: readonly Artifact[]
  /** Where code waits that no request takes. */
  readonly bucket: CodeBucket
}

/** The code of a function in the words of the API. */
export async function codeOf(
  { fn, spec }: Resource<Tree>,
  { artifacts, bucket }: CodeSource,
  call: Call,
): Promise<Tree> {
  const image = spec['ImageConfig'] as Tree | undefined
  if (image) return { ImageConfig: Object.fromEntries(Object.entries(image).filter(([, value]) => value !== '')) }
  const artifact = artifacts.find(({ handlers }) => fn !== undefined && fn in handlers)
  if (!artifact) throw new Error(`no artifact for ${fn}`)
  if (bucket.takes(artifact)) return await bucket.send(artifact, call)
  return { ZipFile: (await readFile(artifact.path)).toString('base64') }
}
