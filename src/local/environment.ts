import { tmpdir } from 'node:os'
import { delimiter, dirname } from 'node:path'
import { reveal } from '@anyfaas/kit'
import { CallFailure } from './platform/instances/failure.ts'
import type { FunctionSpec } from './spec.ts'

/** Everything that a function's process sees: what a process cannot do without, and its own variables. */
export function environmentFor(
  spec: FunctionSpec,
  secrets: ReadonlyMap<string, string>,
  own: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return { ...baseEnvironment(process.env), ...own, ...revealAll(spec, secrets) }
}

/** The values of the function's variables. Throws a `secrets` failure when it lacks one. */
export function revealAll(spec: FunctionSpec, secrets: ReadonlyMap<string, string>): Record<string, string> {
  const lookup = (name: string): string => {
    const value = secrets.get(name)
    if (value === undefined) throw needsSecrets(spec)
    return value
  }
  return Object.fromEntries(Object.entries(spec.environment).map(([name, value]) => [name, reveal(value, lookup)]))
}

/** `files` are those that the platform itself should have. */
export function needsSecrets({ name }: FunctionSpec, files: readonly string[] = []): CallFailure {
  if (files.length > 0) {
    const those = files.map((file) => `"${file}"`).join(', ')
    const what =
      files.length > 1 ? `secrets ${those}, which the platform does` : `the secret ${those}, which the platform does`
    return new CallFailure(
      'secrets',
      `the function "${name}" reads ${what} not have: POST /system/secrets brings it there`,
    )
  }
  return new CallFailure('secrets', `the function "${name}" needs its secrets: deploy again`)
}

export function baseEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const here = dirname(process.execPath)
  const path = env['PATH'] ?? ''
  return {
    PATH: path.split(delimiter).includes(here) ? path : [here, path].filter(Boolean).join(delimiter),
    HOME: env['HOME'] ?? '/',
    LANG: env['LANG'] ?? 'C.UTF-8',
    TMPDIR: tmpdir(),
    TZ: 'UTC',
  }
}
