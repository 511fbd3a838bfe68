import { type ConnectOptions, error, SlsError } from '@anyfaas/kit'
import { loadCredentialsChain } from './sdk.ts'

export interface Credentials {
  readonly accessKeyId: string
  readonly accessKeySecret: string
  readonly securityToken?: string
  /** Where they were found, for `sls doctor`. */
  readonly source: string
}

type Env = ConnectOptions['env']

/**
 * The deployer's credentials: the vendor's variables of the environment, else what the vendor's own library finds (its
 * command line's `config.json`, its credentials file, an OIDC token in CI). A profile is one of that command line. Throws
 * SLS5006 when there are none.
 */
export async function findCredentials(env: Env, profile?: string): Promise<Credentials> {
  const given = fromEnvironment(env)
  if (given) return given
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
    throw none(profile, cause)
  }
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
      { message: 'looked at ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET' },
      { message: cause instanceof Error ? cause.message : String(cause) },
    ],
    help: ['sls doctor --provider aliyun shows what is found where'],
  })
  return new SlsError(diagnostic, { cause })
}
