import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { type ConnectOptions, error, SlsError } from '@anyfaas/kit'
import { loadCredentialsChain } from './sdk.ts'
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
 * The deployer's credentials: the vendor's variables of the environment, else what the vendor's own library finds (its
 * command line's `config.json`, its credentials file, an OIDC token in CI) or Serverless Devs wrote. A profile is one of that
 * command line, or an alias of that tool. Throws SLS5006 when there are none.
 */
export async function findCredentials(env: Env, profile?: string): Promise<Credentials> {
  const given = fromEnvironment(env)
  if (given) return given
  // The library asks the network in the end, which is none of what a machine without its files waits for.
  const isAlone = profile === undefined && env['ALIBABA_CLOUD_OIDC_TOKEN_FILE'] === undefined && !hasConfig(env)
  const written = isAlone ? await fromServerlessDevs(env) : undefined
  if (written) return written
  try {
    const { accessKeyId, accessKeySecret, securityToken, providerName } =
      await loadCredentialsChain(profile).getCredentials()
    return {
      accessKeyId,
      accessKeySecret,
      ...(securityToken && { securityToken }),
      source: providerName ?? 'the credentials library',
    }
  } catch (cause) {
    const alias = isAlone ? undefined : await fromServerlessDevs(env, profile)
    if (alias) return alias
    throw none(profile, cause)
  }
}

function hasConfig(env: Env): boolean {
  return existsSync(env['ALIBABA_CLOUD_CONFIG_FILE'] ?? join(env['HOME'] ?? homedir(), '.aliyun', 'config.json'))
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
  const diagnostic = error('SLS5006', `no credentials for Alibaba Cloud${where}`, {
    notes: [
      { message: 'looked at ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, and ~/.s/access.yaml' },
      { message: cause instanceof Error ? cause.message : String(cause) },
    ],
    help: ['sls doctor --provider aliyun shows what is found where'],
  })
  return new SlsError(diagnostic, { cause })
}
