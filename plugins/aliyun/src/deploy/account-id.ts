import { ACCOUNT, type ConnectOptions, error, type Resource, SlsError } from '@anyfaas/kit'

/** The id of the account, where the deployer says it. */
export function accountOf({ service, env }: Pick<ConnectOptions, 'service' | 'env'>): string | undefined {
  return service.provider.accountId ?? env['ALIBABA_CLOUD_ACCOUNT_ID']
}

/** Throws SLS5006 for things whose names need an account id that nobody said. */
export function checkAccount(resources: readonly Resource[], account: string | undefined): void {
  if (account === undefined && JSON.stringify(resources).includes(ACCOUNT))
    throw lacksAccount('a trigger of the service')
}

export function lacksAccount(what: string): SlsError {
  return new SlsError(
    error('SLS5006', `${what} needs the id of the account`, {
      help: ['provider.accountId, or ALIBABA_CLOUD_ACCOUNT_ID in the environment'],
    }),
  )
}
