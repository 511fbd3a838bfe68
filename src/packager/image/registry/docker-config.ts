import { homedir } from 'node:os'
import { join } from 'node:path'
import { error, SlsError } from '@anyfaas/kit'
import { isRecord, type Json, readJson } from '../../files/json-file.ts'
import { findTool, lastLines, runTool } from '../../languages/tool.ts'
import { HUB } from '../reference.ts'

export type Credentials =
  | { readonly kind: 'password'; readonly user: string; readonly password: string }
  /** A refresh token, which the registry's own token service takes. */
  | { readonly kind: 'token'; readonly token: string }

type Env = Readonly<Record<string, string | undefined>>

/**
 * What the user's Docker, Podman or Buildah would sign in with: the helper of the registry, the file's own entry, the
 * helper for all. Undefined when nobody has signed in. SLS4032 when a helper fails.
 */
export async function findCredentials(
  registry: string,
  repository: string,
  env: Env,
): Promise<Credentials | undefined> {
  for (const file of configFiles(env)) {
    const config = readJson(file)
    const found = (await fromHelpers(config, registry)) ?? fromAuths(config, keysOf(registry, repository))
    const stored = found ?? (await fromStore(config, registry))
    if (stored) return stored
  }
  return undefined
}

function configFiles(env: Env): string[] {
  const { REGISTRY_AUTH_FILE, XDG_RUNTIME_DIR, DOCKER_CONFIG, HOME = homedir() } = env
  return [
    ...(REGISTRY_AUTH_FILE ? [REGISTRY_AUTH_FILE] : []),
    join(DOCKER_CONFIG || join(HOME, '.docker'), 'config.json'),
    ...(XDG_RUNTIME_DIR ? [join(XDG_RUNTIME_DIR, 'containers', 'auth.json')] : []),
  ]
}

// The names under which tools have kept a registry over the years; Podman also has parts of repositories.
function keysOf(registry: string, repository: string): string[] {
  const parts = repository.split('/')
  const longest = parts.map((_, index) => [registry, ...parts.slice(0, parts.length - index)].join('/'))
  const hosts = registry === HUB ? [HUB, 'index.docker.io'] : [registry]
  return [...longest, ...hosts.flatMap((host) => [host, `https://${host}`, `https://${host}/v1/`, `http://${host}`])]
}

function serverOf(registry: string): string {
  return registry === HUB ? 'https://index.docker.io/v1/' : registry
}

async function fromHelpers(config: Json, registry: string): Promise<Credentials | undefined> {
  const { credHelpers } = config
  const helper = isRecord(credHelpers) ? (credHelpers[registry] ?? credHelpers[serverOf(registry)]) : undefined
  return typeof helper === 'string' ? await askHelper(helper, serverOf(registry)) : undefined
}

async function fromStore({ credsStore }: Json, registry: string): Promise<Credentials | undefined> {
  return typeof credsStore === 'string' && credsStore !== ''
    ? await askHelper(credsStore, serverOf(registry))
    : undefined
}

function fromAuths({ auths }: Json, keys: readonly string[]): Credentials | undefined {
  if (!isRecord(auths)) return undefined
  const entry = keys.map((key) => auths[key]).find((found): found is Json => isRecord(found) && hasSecret(found))
  if (!entry) return undefined
  if (typeof entry['identitytoken'] === 'string' && entry['identitytoken'] !== '') {
    return { kind: 'token', token: entry['identitytoken'] }
  }
  const { auth, username, password } = entry
  if (typeof auth !== 'string') return { kind: 'password', user: String(username), password: String(password) }
  const [user = '', ...rest] = Buffer.from(auth, 'base64').toString().split(':')
  return { kind: 'password', user, password: rest.join(':').replace(/\0+$/, '') }
}

function hasSecret({ auth, identitytoken, username }: Json): boolean {
  return [auth, identitytoken, username].some((value) => typeof value === 'string' && value !== '')
}

// https://github.com/docker/docker-credential-helpers: the server on stdin, JSON on stdout.
async function askHelper(name: string, server: string): Promise<Credentials | undefined> {
  const program = `docker-credential-${name}`
  const path = findTool(program)
  if (path === undefined) {
    const help = [`install ${program}, or sign in again: docker login ${server}`]
    throw new SlsError(
      error('SLS4032', `"${program}", which keeps the password for "${server}", is not there`, { help }),
    )
  }
  const { code, stdout, stderr } = await runTool(path, ['get'], { cwd: '.', input: server })
  if (code !== 0) {
    if (/credentials not found/i.test(stdout + stderr)) return undefined
    const notes = [{ message: lastLines(stdout + stderr, 3) }]
    throw new SlsError(error('SLS4032', `"${program}" gives no password for "${server}"`, { notes }))
  }
  const { Username: user, Secret: secret } = parsed(stdout)
  if (typeof user !== 'string' || typeof secret !== 'string') return undefined
  return user === '<token>' ? { kind: 'token', token: secret } : { kind: 'password', user, password: secret }
}

function parsed(text: string): Json {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : {}
  } catch {
    // A helper that says something else has nothing for us.
    return {}
  }
}
