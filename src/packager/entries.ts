import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { entryFile, type Service } from '@anyfaas/kit'
import type { Bundles } from './bundle/bundles.ts'
import type { Code } from './code/code.ts'
import { type EntryLayer, type EntryModules, entryText, type ModuleRef } from './code/entry.ts'
import type { HandlerFile } from './code/handler-file.ts'
import { type FilesOf, handlerMembers, manifestOf } from './code/manifest.ts'
import type { LayersOf } from './code/modules.ts'
import { sourceKind } from './code/source-kind.ts'
import { HOST } from './host.ts'
import { bytesSource } from './work/content.ts'
import type { PackEntry } from './work/entries-key.ts'

export interface Generation {
  readonly code: Code
  readonly bundles: Bundles
  readonly query: { readonly service: Service; readonly providerName: string; readonly runtimeEntry: URL }
  scope(name: string): 'cjs' | 'esm'
}

/** The entries of all functions of an artifact, and the runtime that they share. */
export function entriesOf({ code, bundles, query, scope }: Generation): PackEntry[] {
  if (code.entries.length === 0) return []
  const { service, providerName, runtimeEntry } = query
  const module = scope('sls.js')
  const runtime = module === 'esm' ? 'sls_runtime.cjs' : 'sls_runtime.js'
  const refOf = (file: HandlerFile): ModuleRef =>
    bundles.modules.get(file.path) ?? { name: file.name, module: sourceKind(file.path).module }
  const host = module === 'esm' ? 'sls_web.cjs' : 'sls_web.js'
  const texts = code.entries.map(({ fn, files, layers, hosted }) => {
    const manifest = manifestOf(service, fn, providerName, files)
    const own = hosted ? { [fn.name]: {}, ...mapModules(files, refOf) } : mapModules(files, refOf)
    const modules = addLayers(own, layers, refOf)
    const text = entryText({ manifest, modules, runtime, module, ...(hosted && { hosted: { app: hosted, host } }) })
    return { ...generated(entryFile(fn), Buffer.from(text)), fn: fn.name }
  })
  const hosts = code.entries.some(({ hosted }) => hosted) ? [shipped(host, HOST)] : []
  return [...texts, shipped(runtime, runtimeEntry), ...runtimeParts(runtimeEntry, code), ...hosts]
}

/** A file of the artifact that is made and not found. */
export function generated(name: string, bytes: Uint8Array): PackEntry {
  return { name, executable: false, source: bytesSource(bytes), scan: false }
}

function shipped(name: string, from: URL): PackEntry {
  return generated(name, readFileSync(fileURLToPath(from)))
}

// The parts of the runtime lie beside it, and open late. What no function can come to need stays out.
function runtimeParts(runtimeEntry: URL, { entries }: Code): PackEntry[] {
  const folder = dirname(fileURLToPath(runtimeEntry))
  const isExpress = entries.some(({ fn }) => handlerMembers(fn).some(({ code }) => code.signature === 'express'))
  const isNeeded = (name: string) => name !== 'sls_express.cjs' || isExpress
  return readdirSync(folder)
    .filter((name) => /^sls_\w+\.cjs$/.test(name) && isNeeded(name))
    .sort()
    .map((name) => generated(name, readFileSync(join(folder, name))))
}

function addLayers(
  modules: Readonly<Record<string, EntryModules>>,
  layers: LayersOf,
  refOf: (file: HandlerFile) => ModuleRef,
): Record<string, EntryModules> {
  const pairs = Object.entries(modules).map(([member, own]) => {
    const found = layers[member]?.map(
      ({ name, file, package: installed }): EntryLayer =>
        file ? { name, ref: refOf(file), isPackage: false } : { name, ref: installed, isPackage: true },
    )
    return [member, { ...own, ...(found && { layers: found }) }] as const
  })
  return Object.fromEntries(pairs)
}

function mapModules(files: FilesOf, refOf: (file: HandlerFile) => ModuleRef): Record<string, EntryModules> {
  const pairs = Object.entries(files).map(([member, { handler, initializer }]) => {
    const apart = initializer && initializer.path !== handler.path
    return [member, { handler: refOf(handler), ...(apart && { initializer: refOf(initializer) }) }] as const
  })
  return Object.fromEntries(pairs)
}
