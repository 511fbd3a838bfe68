import { text } from 'node:stream/consumers'
import { isMap } from '@anyfaas/kit'
import type { Deployed } from '../services/deployed.ts'
import type { PlatformHost } from '../services/platform-host.ts'
import type { ServiceHost } from '../services/service-host.ts'
import type { Command } from './control.ts'

/** A request to `/system/…`. */
export interface Ask extends Command {
  readonly platform: PlatformHost
  /** After `/system/AREA`. */
  readonly rest: readonly string[]
}

export interface Found {
  readonly host: ServiceHost
  readonly deployed: Deployed
}

/** The status and the text of an answer; an object is JSON; undefined when it has answered itself. */
export type Reply = readonly [status: number, body: string | object] | undefined

export function namespaceOf({ name, stage }: Pick<ServiceHost, 'name' | 'stage'>): string {
  return `${name}.${stage}`
}

/** Every function, or those of a namespace. */
export function listed(platform: PlatformHost, namespace: string | null): Found[] {
  const hosts = platform.services.filter((host) => !namespace || namespaceOf(host) === namespace)
  return hosts.flatMap((host) => host.functions.map((deployed) => ({ host, deployed })))
}

/** The function of that name, which can hold its namespace; or why it is not one. */
export function find(
  platform: PlatformHost,
  name: string,
  namespace: string | null,
): Found | { readonly reply: Reply } {
  const all = listed(platform, namespace)
  const found = all.filter(({ host, deployed }) =>
    [deployed.name, `${deployed.name}.${namespaceOf(host)}`].includes(name),
  )
  const [first] = found
  if (!first) return { reply: [404, `function ${name} not found`] }
  if (found.length === 1) return first
  return {
    reply: [400, `function ${name} is in ${found.map(({ host }) => namespaceOf(host)).join(' and ')}: name one`],
  }
}

/** The namespace that is asked for, or the only one; undefined when none is meant. */
export function namespaceIn(platform: PlatformHost, ...asked: readonly unknown[]): string | undefined {
  const named = asked.find((one) => typeof one === 'string' && one !== '')
  if (typeof named === 'string') return named
  const [only, ...others] = platform.services
  return only && others.length === 0 ? namespaceOf(only) : undefined
}

export const NO_NAMESPACE: Reply = [400, 'name a namespace, which is SERVICE.STAGE']

/** The JSON object of a request; an empty one for anything else. */
export async function readBody(request: Command['request']): Promise<Record<string, unknown>> {
  const body = await text(request)
  try {
    const value: unknown = JSON.parse(body || '{}')
    return isMap(value) ? value : {}
  } catch {
    return {}
  }
}
