import { type Diagnostic, error } from '@anyfaas/kit'
import type { PlatformCode } from '../machine/platform-code.ts'
import { bytesSource } from '../work/content.ts'
import type { PackEntry } from '../work/entries-key.ts'
import type { Server } from './code.ts'
import { type CustomFn, checkStart, startFile } from './custom.ts'
import { startScript } from './start-script.ts'

/**
 * Makes sure that the platform can start the servers of an artifact: what their commands name is there and executable,
 * and where the platform starts one file only, that file is there too, written here when the user has not. Adds to `entries`.
 */
export function startServers(
  servers: readonly Server[],
  entries: Map<string, PackEntry>,
  platform: PlatformCode,
): Diagnostic[] {
  return servers.flatMap(({ fn }) => {
    const own = startFile(fn)
    const program = platform.programOf(fn)
    const found = own === undefined ? [] : makeStart(own, fn, entries)
    if (program === undefined || program === own || found.length > 0) return found
    const text = Buffer.from(startScript(fn, platform.pathOf?.(fn) ?? []))
    const there = entries.get(program)
    const script = { name: program, executable: true, source: bytesSource(text), scan: false }
    if (!there) entries.set(program, script)
    else if (isOther(there, script, servers)) return [clash(program, fn)]
    return makeStart(program, fn, entries)
  })
}

// A checkout on Windows has no exec bits, so the file that the platform starts gets its bit here.
function makeStart(name: string, fn: CustomFn, entries: Map<string, PackEntry>): Diagnostic[] {
  const entry = entries.get(name)
  if (!entry) {
    const pointer = `${fn.at}/custom/command`
    const help = [`write "${name}" in the service folder, or name another "command"`]
    return [error('SLS4006', `"${name}", which starts "${fn.name}", is not there`, { pointer, help })]
  }
  entries.set(name, { ...entry, executable: true })
  const found = 'path' in entry.source ? checkStart({ name, ...entry.source }, fn) : undefined
  return found ? [found] : []
}

// A file of the user's is for the platform that starts it; one of ours can serve one command only.
function isOther(there: PackEntry, script: PackEntry, servers: readonly Server[]): boolean {
  if ('path' in there.source || servers.length < 2) return false
  return there.source.digest !== (script.source as typeof there.source).digest
}

function clash(program: string, { at, name }: CustomFn): Diagnostic {
  return error('SLS4006', `the platform starts "${program}", which cannot be for "${name}" and for another one`, {
    pointer: `${at}/custom/command`,
    help: ['package: {individually: true}'],
  })
}
