import { mkdirSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Fn, FrameworkCode, Service } from '@anyfaas/kit'
import { isFresh, writeStamp } from '../bundle/stamp.ts'
import { writeWhole } from '../files/file-sink.ts'
import { compileSources, typescriptFiles } from './compile.ts'
import { FRAMEWORK_MODULE } from './framework.ts'
import { FRAMEWORK_RUNTIME, frameworkHandlers, frameworkModule } from './module.ts'
import { frameworkProject } from './project.ts'

export interface FrameworkRunQuery {
  readonly service: Service
  readonly fn: Fn
  readonly framework: FrameworkCode
  /** Real path. */
  readonly serviceDir: string
  /** A folder for what is compiled, in the service folder. */
  readonly cacheDir: string
}

/**
 * Makes a framework's sources ready to run in place. Nothing is compiled when nothing has changed. Gives the absolute
 * path of the module that the function starts from.
 */
export async function frameworkToRun(query: FrameworkRunQuery): Promise<string> {
  const { service, fn, framework, serviceDir, cacheDir } = query
  const { major, sourceDir } = frameworkProject(service, framework, serviceDir)
  mkdirSync(cacheDir, { recursive: true })
  const folder = realpathSync(cacheDir)
  const to = join(folder, 'compiled')
  if (sourceDir !== undefined) await refresh(serviceDir, sourceDir, to)
  const compiled = sourceDir === undefined ? {} : { compiled: { from: sourceDir, to } }
  const options = { major, ...compiled, handlers: frameworkHandlers([fn]) }
  const module = join(folder, fn.name, FRAMEWORK_MODULE)
  const text = frameworkModule(fileURLToPath(FRAMEWORK_RUNTIME), options, JSON.stringify(serviceDir))
  await writeWhole(module, Buffer.from(text))
  return module
}

async function refresh(serviceDir: string, sourceDir: string, to: string): Promise<void> {
  const stamp = join(to, 'stamp.json')
  const inputs = typescriptFiles(sourceDir)
  const key = { inputs }
  if (isFresh(stamp, key)) return
  const beganMs = Date.now()
  const outputs: string[] = []
  for (const { name, bytes } of compileSources(serviceDir, sourceDir)) {
    outputs.push(join(to, name))
    await writeWhole(join(to, name), bytes)
  }
  await writeStamp(stamp, { key, beganMs, inputs, outputs, serviceDir })
}
