import { type Auth, type Diagnostic, error, type Tree } from '@anyfaas/kit'
import type { Route } from './http.ts'

export interface Guards {
  /** The `Auth` of the API; absent when every route is open. */
  readonly api?: Tree
  /** The `Auth` of a route's event. */
  of(auth: Auth): Tree | undefined
  readonly diagnostics: readonly Diagnostic[]
}

/** Who may call which route: IAM, or tokens that the API itself checks. */
export function guard(routes: readonly Route[]): Guards {
  const authorizers = new Map<string, readonly [string, Tree]>()
  const diagnostics = new Map<string, Diagnostic>()
  for (const { auth, trigger } of routes) {
    if (auth.kind !== 'jwt' || authorizers.has(JSON.stringify(auth))) continue
    const why = unclear(auth)
    if (why)
      diagnostics.set(
        trigger.trigger.at,
        error('SLS3001', `Lambda cannot do "auth" of an http trigger: ${why}`, {
          pointer: `${trigger.trigger.at}/auth`,
          on: 'value',
          help: ['auth.jwt: {issuer, audience}'],
        }),
      )
    const name = authorizers.size === 0 ? 'Jwt' : `Jwt${authorizers.size + 1}`
    authorizers.set(JSON.stringify(auth), [
      name,
      { IdentitySource: sourceOf(auth.source), JwtConfiguration: { issuer: auth.issuer, audience: auth.audience } },
    ])
  }
  const usesIam = routes.some(({ auth }) => auth.kind === 'iam')
  const api = {
    ...(usesIam && { EnableIamAuthorizer: true }),
    ...(authorizers.size > 0 && { Authorizers: Object.fromEntries(authorizers.values()) }),
  }
  return {
    ...(Object.keys(api).length > 0 && { api }),
    of: (auth) => {
      if (auth.kind === 'none') return undefined
      return { Authorizer: auth.kind === 'iam' ? 'AWS_IAM' : authorizers.get(JSON.stringify(auth))?.[0] }
    },
    diagnostics: [...diagnostics.values()],
  }
}

function unclear({ issuer, audience, jwks }: Extract<Auth, { kind: 'jwt' }>): string | undefined {
  if (jwks !== undefined) return 'the API fetches the keys from the issuer'
  return issuer === undefined || !audience?.length ? 'it needs an issuer and an audience' : undefined
}

function sourceOf(source = 'header:Authorization'): string {
  const [place, name] = source.split(':')
  return place === 'query' ? `$request.querystring.${name}` : `$request.header.${name}`
}
