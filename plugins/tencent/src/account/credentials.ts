import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { type ConnectOptions, error, SlsError } from '@anyfaas/kit'
import { assumeByToken } from './sdk.ts'

export interface Credentials {
  readonly secretId: string
  readonly secretKey: string
  readonly token?: string
  /** Where they were found, for `sls doctor`. */
  readonly source: string
}

type Env = ConnectOptions['env']

/**
 * The deployer's credentials: a named profile of the vendor's command line (`~/.tccli`), else the variables of the
 * environment, an OpenID Connect token (`TKE_*`), and the profile `default`. Throws SLS5006 when there are none.
 */
export async function findCredentials(env: Env, profile?: string): Promise<Credentials> {
  const found =
    (profile === undefined ? (fromEnvironment(env) ?? (await fromToken(env))) : undefined) ??
    (await fromProfile(env, profile ?? 'default'))
  if (found) return found
  throw none(profile)
}

function fromEnvironment(env: Env): Credentials | undefined {
  const secretId = env['TENCENTCLOUD_SECRET_ID']
  const secretKey = env['TENCENTCLOUD_SECRET_KEY']
  if (!secretId || !secretKey) return undefined
  const token = env['TENCENTCLOUD_TOKEN'] ?? env['TENCENTCLOUD_SESSION_TOKEN']
  return { secretId, secretKey, ...(token && { token }), source: 'TENCENTCLOUD_SECRET_ID' }
}

async function fromToken(env: Env): Promise<Credentials | undefined> {
  if (!env['TKE_WEB_IDENTITY_TOKEN_FILE'] || !env['TKE_ROLE_ARN']) return undefined
  try {
    return { ...(await assumeByToken()), source: 'TKE_WEB_IDENTITY_TOKEN_FILE' }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    const diagnostic = error('SLS5006', `the token of TKE_WEB_IDENTITY_TOKEN_FILE was not taken: ${why}`, {
      help: ['TKE_REGION, TKE_PROVIDER_ID and TKE_ROLE_ARN name the role that the token is for'],
    })
    throw new SlsError(diagnostic, { cause })
  }
}

async function fromProfile(env: Env, profile: string): Promise<Credentials | undefined> {
  const path = join(env['HOME'] ?? homedir(), '.tccli', `${profile}.credential`)
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    if ((cause as { code?: string }).code === 'ENOENT') return undefined
    throw new SlsError(error('SLS5006', `${path} cannot be read`), { cause })
  }
  const { secretId, secretKey, token } = parse(text, path)
  if (typeof secretId !== 'string' || typeof secretKey !== 'string' || secretId === '') return undefined
  return { secretId, secretKey, ...(typeof token === 'string' && token && { token }), source: path }
}

function parse(text: string, path: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>
  } catch {
    // The parser's message quotes the text, which holds the key.
    throw new SlsError(error('SLS5006', `${path} is not JSON`, { help: ['tccli configure writes it'] }))
  }
}

function none(profile: string | undefined): SlsError {
  const where = profile === undefined ? '' : ` in the profile "${profile}"`
  const looked =
    profile === undefined
      ? 'TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY, TKE_WEB_IDENTITY_TOKEN_FILE, ~/.tccli/default.credential'
      : `~/.tccli/${profile}.credential`
  return new SlsError(
    error('SLS5006', `no credentials for Tencent Cloud${where}`, {
      notes: [{ message: `looked at ${looked}` }],
      help: [
        profile === undefined
          ? 'set the two variables, or `tccli configure`'
          : `\`tccli configure --profile ${profile}\``,
        'sls doctor --provider tencent shows what a deploy needs',
      ],
    }),
  )
}
