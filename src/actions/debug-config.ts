import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isMap, membersOf } from '@anyfaas/kit'
import type { ActionIo } from './io.ts'
import { misuse, openProject, type ProjectOptions } from './project.ts'
import { cannotWrite, writeWhole } from './write-whole.ts'

export interface DebugConfigOptions extends ProjectOptions {
  /** Put it into `.vscode/launch.json` of the service folder, beside what is there. */
  readonly write?: boolean
}

export interface DebugConfigResult {
  /** A launch.json of VS Code. */
  readonly config: LaunchFile
  /** Absolute path of what was written. */
  readonly path?: string
}

export interface LaunchFile {
  readonly version: string
  readonly configurations: readonly Configuration[]
  readonly compounds?: readonly Configuration[]
}

/** Fields as VS Code has them. */
export type Configuration = Readonly<Record<string, unknown>>

const FIRST_PORT = 9229

/**
 * The launch configurations of a service for VS Code: `sls invoke --debug` of each function under the debugger, and
 * attaching to `sls dev --debug`. https://code.visualstudio.com/docs/nodejs/nodejs-debugging
 */
export async function makeDebugConfig(options: DebugConfigOptions, io: ActionIo): Promise<DebugConfigResult> {
  const { service, dir } = await openProject(options, io)
  const calls = [...new Set(service.functions.flatMap(membersOf).map(({ name }) => name))].map(invokeConfig)
  const attached = service.functions.map(({ name }, index) => attachConfig(name, FIRST_PORT + index))
  const compound = { name: 'sls dev --debug: all', configurations: attached.map(({ name }) => name), stopAll: true }
  const config: LaunchFile = {
    version: '0.2.0',
    configurations: [...calls, ...attached],
    ...(attached.length > 1 && { compounds: [compound] }),
  }
  if (!options.write) return { config }
  const path = join(dir, '.vscode', 'launch.json')
  writeWhole(path, `${JSON.stringify(merge(await readLaunchFile(path), config), null, 2)}\n`)
  return { config, path }
}

const SOURCES: Configuration = {
  cwd: '${workspaceFolder}',
  sourceMaps: true,
  // The bundles of TypeScript, whose maps lead to the sources.
  outFiles: ['${workspaceFolder}/.sls/run/**/*.cjs', '${workspaceFolder}/.sls/run/**/*.mjs'],
  resolveSourceMapLocations: ['${workspaceFolder}/**', '!**/node_modules/**'],
  skipFiles: ['<node_internals>/**', '**/node_modules/**', '**/anyfaas/dist/**'],
}

function invokeConfig(name: string): Configuration {
  return {
    name: `sls invoke ${name}`,
    type: 'node',
    request: 'launch',
    runtimeExecutable: 'npx',
    runtimeArgs: ['sls', 'invoke', '--function', name, `--debug=${FIRST_PORT}`],
    // The function has a process of its own, which listens there.
    attachSimplePort: FIRST_PORT,
    console: 'integratedTerminal',
    ...SOURCES,
  }
}

function attachConfig(name: string, port: number): Configuration {
  // A reload is another process on the same port.
  return { name: `sls dev --debug: ${name}`, type: 'node', request: 'attach', port, restart: true, ...SOURCES }
}

async function readLaunchFile(path: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return '{}'
    throw cannotWrite(path, cause)
  })
  const value = parse(text)
  if (isMap(value)) return value
  throw misuse(
    `${path} has comments or is not JSON, and would lose them`,
    'run it without --write and copy what it prints',
  )
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // With comments it is no JSON.
    return undefined
  }
}

// Ours take the place of those of the same name; everybody else's stay.
function merge(before: Readonly<Record<string, unknown>>, made: LaunchFile): object {
  const lists = (['configurations', 'compounds'] as const).map((key): [string, unknown] => {
    const own = made[key] ?? []
    const names = new Set(own.map(({ name }) => name))
    const others = Array.isArray(before[key]) ? before[key].filter((one) => !isMap(one) || !names.has(one['name'])) : []
    return [key, [...others, ...own]]
  })
  return { version: made.version, ...before, ...Object.fromEntries(lists) }
}
