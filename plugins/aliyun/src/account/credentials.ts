import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { type ConnectOptions, error, SlsError } from '@anyfaas/kit'
import { type CredentialsProvider, loadCredentials } from './sdk.ts'
import { fromServerlessDevs } from './serverless-devs.ts'

export interface Credentials {
  readonly accessKeyId: string
  readonly accessKeySecret: string
  readonly securityToken?: string
  /** The id of the account, where it stands beside the keys. */
  readonly account?: string
  /** Where they were found, for `sls doctor`. */
  readonly source: string
}

type Env = ConnectOptions['env']

/**
 * The deployer's credentials: the vendor's variables of the environment, else what the vendor's own library finds (an OIDC token
 * in CI, its command line's `config.json`, its credentials file, the machine's role, an address that hands them out), else what
 * Serverless Devs made the default. A profile is one of that command line, or an alias of that tool. What is there and does not
 * work is said, and nothing else is taken in its place. `load` asks the library. Throws SLS5006 when there are none.
 */
export async function findCredentials(env: Env, profile?: string, load = loadCredentials): Promise<Credentials> {
  // Who names a profile means it, whatever else is around.
  const given = profile === undefined ? fromEnvironment(env) : undefined
  if (given) return given
  const sources = profile === undefined ? sourcesIn(env) : await profilesIn(env, profile)
  // Without any of them the library asks the network in the end, which is none of what a machine without its files waits for.
  const written = sources.length === 0 ? await fromServerlessDevs(env, profile) : undefined
  if (written) return written
  try {
    return await fromLibrary(providerFor(sources, profile), profile, load)
  } catch (cause) {
    throw none(profile, cause)
  }
}

async function fromLibrary(
  provider: CredentialsProvider,
  profile: string | undefined,
  load: typeof loadCredentials,
): Promise<Credentials> {
  const { accessKeyId, accessKeySecret, securityToken, providerName } = await load(provider, profile)
  return {
    accessKeyId,
    accessKeySecret,
    ...(securityToken && { securityToken }),
    source: providerName ?? 'the credentials library',
  }
}

// What the library's whole chain finds before it asks for a machine's role in vain.
function providerFor(sources: readonly string[], profile: string | undefined): CredentialsProvider {
  if (profile !== undefined) return 'cli_profile'
  return sources.length === 1 && sources[0] === ADDRESS ? 'uri' : 'default'
}

const ADDRESS = 'ALIBABA_CLOUD_CREDENTIALS_URI'
const VARIABLES = ['ALIBABA_CLOUD_OIDC_TOKEN_FILE', 'ALIBABA_CLOUD_ECS_METADATA', ADDRESS]

// https://www.alibabacloud.com/help/en/sdk/developer-reference/v2-manage-node-js-access-credentials
function sourcesIn(env: Env): readonly string[] {
  const files = [commandLineFile(env), env['ALIBABA_CLOUD_CREDENTIALS_FILE'] ?? at(env, '.alibabacloud', 'credentials')]
  return [...VARIABLES.filter((name) => env[name]), ...files.filter((path) => existsSync(path))]
}

async function profilesIn(env: Env, profile: string): Promise<readonly string[]> {
  const path = commandLineFile(env)
  if (!existsSync(path)) return []
  try {
    const { profiles = [] } = JSON.parse(await readFile(path, 'utf8')) as { profiles?: readonly { name?: unknown }[] }
    return profiles.some(({ name }) => name === profile) ? [path] : []
  } catch {
    // The library says what is wrong with it.
    return [path]
  }
}

function commandLineFile(env: Env): string {
  return at(env, '.aliyun', 'config.json')
}

function at(env: Env, ...names: readonly string[]): string {
  return join(env['HOME'] ?? homedir(), ...names)
}

function fromEnvironment(env: Env): Credentials | undefined {
  const accessKeyId = env['ALIBABA_CLOUD_ACCESS_KEY_ID']
  const accessKeySecret = env['ALIBABA_CLOUD_ACCESS_KEY_SECRET']
  if (!accessKeyId || !accessKeySecret) return undefined
  const securityToken = env['ALIBABA_CLOUD_SECURITY_TOKEN']
  return {
    accessKeyId,
    accessKeySecret,
    ...(securityToken && { securityToken }),
    source: 'ALIBABA_CLOUD_ACCESS_KEY_ID',
  }
}

function none(profile: string | undefined, cause: unknown): SlsError {
  const where = profile === undefined ? '' : ` in the profile "${profile}"`
  const looked =
    profile === undefined
      ? `ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, ${VARIABLES.join(', ')}, ~/.aliyun/config.json, ~/.alibabacloud/credentials, ~/.s/access.yaml`
      : '~/.aliyun/config.json and ~/.s/access.yaml'
  const diagnostic = error('SLS5006', `no credentials for Alibaba Cloud${where}`, {
    notes: [{ message: `looked at ${looked}` }, { message: reasonIn(cause) }],
    help: [
      profile === undefined
        ? 'set the two variables, or `aliyun configure`'
        : `\`aliyun configure --profile ${profile}\``,
      'sls doctor --provider aliyun shows what a deploy needs',
    ],
  })
  // Without its cause, whose message and fields quote what was read.
  return new SlsError(diagnostic)
}

// The library's messages end with what it could not read or what it was answered, which may hold keys: after a colon, an equals
// sign, or where a text or a map begins. The code of a refusal is a word.
function reasonIn(cause: unknown): string {
  const told = (cause instanceof Error ? cause.message : String(cause)).replace(/^[^:]* in the chain: /, '')
  const code = /"(?:Code|error)"\s*:\s*"([A-Za-z_.]{3,60})"/.exec(told)?.[1]
  return `${told.replace(/(?:(?<!status code|httpStatus): | = |["{[\n])[\s\S]*$/, '')}${code ? `: ${code}` : ''}`
}
