import { type ContainerCode, type Diagnostic, error, type Fn, type Machine } from '@anyfaas/kit'
import { type Platform, parsePlatform } from './oci.ts'

export interface ContainerFn extends Fn {
  readonly code: ContainerCode
}

/** How an image is made: of the service's files on a base, or by a Dockerfile. */
export type BuildWish = LayersWish | DockerfileWish

export interface LayersWish {
  readonly kind: 'layers'
  readonly base: string
  readonly platforms: readonly Platform[]
}

export interface DockerfileWish {
  readonly kind: 'dockerfile'
  /** Relative to the service folder. */
  readonly context: string
  /** Relative to the context. */
  readonly dockerfile: string
  readonly args: Readonly<Record<string, string>>
  readonly target?: string
  readonly platform: Platform
}

export function isContainer(fn: Fn): fn is ContainerFn {
  return fn.code.kind === 'container'
}

/** True for a function whose image is built here. */
export function isBuilt(fn: Fn): fn is ContainerFn {
  return isContainer(fn) && fn.code.build !== undefined
}

/** What `container.build` says, or what is wrong with it. */
export function readBuild(fn: ContainerFn, machine: Machine): BuildWish | Diagnostic {
  const { build } = fn.code
  const given = typeof build === 'string' ? { context: build } : (build ?? {})
  const words = [given['platforms'] ?? []].flat().map(String)
  const platforms = words.length === 0 ? [platformOf(machine)] : words.map(parsePlatform)
  const pointer = `${fn.at}/container/build`
  const wrong = platforms.indexOf(undefined)
  if (wrong >= 0)
    return error('SLS4030', `"${words[wrong]}" is no platform`, { pointer, help: ['such as linux/amd64'] })
  const known = platforms.filter((platform) => platform !== undefined)
  const [first] = known
  if (!first) throw new Error('a build for no platform')
  if (typeof given['base'] === 'string') return { kind: 'layers', base: given['base'], platforms: known }
  if (known.length > 1) {
    const help = ['name one platform', 'or let sls put the files on a base: build: {base: …}']
    return error('SLS4033', 'a Dockerfile is built for one platform', { pointer: `${pointer}/platforms`, help })
  }
  const args = Object.entries(given['args'] ?? {}).map(([name, value]) => [name, String(value)] as const)
  return {
    kind: 'dockerfile',
    context: textOf(given['context']) ?? '.',
    dockerfile: textOf(given['dockerfile']) ?? 'Dockerfile',
    args: Object.fromEntries(args),
    platform: first,
    ...(typeof given['target'] === 'string' && { target: given['target'] }),
  }
}

const ARCHS: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' }

// A container runs Linux, whatever the machine of its host is called.
function platformOf({ arch }: Machine): Platform {
  return { os: 'linux', architecture: ARCHS[arch] ?? arch }
}

/** The machine that an image's code runs on; its C library is the base's, which nobody has looked into. */
export function machineOf({ os, architecture }: Platform): Machine {
  const [arch = architecture] = Object.entries(ARCHS).find(([, name]) => name === architecture) ?? []
  return { os, arch }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
