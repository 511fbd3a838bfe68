import { join } from 'node:path'
import type { Fn, Service } from '../../../src/kit/src/index.ts'
import { type ImagesRequest, type PackedImages, packImages } from '../../../src/packager/image/pack-images.ts'
import { fnOf, type Project, serviceOf } from '../project.ts'

export interface Given {
  readonly build: string | Readonly<Record<string, unknown>>
  readonly image?: string
  readonly command?: readonly string[]
  readonly source?: string
}

export function containerOf(name: string, { build, image, command, source }: Given): Fn {
  const more = { ...(image && { image }), ...(command && { command }), ...(source && { source }) }
  return fnOf(name, { runtime: 'container', code: { kind: 'container', build, port: 9000, ...more } })
}

export function packIn(
  project: Project,
  functions: readonly Fn[],
  more: Partial<ImagesRequest> = {},
): Promise<PackedImages> {
  const { dir, outDir, cacheDir, runtimeEntry } = project
  const service: Service = serviceOf(functions)
  const env = { HOME: join(dir, '..', 'home') }
  return packImages({
    ...{ service, serviceDir: dir, outDir, cacheDir, runtimeEntry, providerName: 'test', nodeTarget: 'node20', env },
    ...more,
  })
}
