import { type Diagnostic, error, isSecret, type Service, type Tree } from '@anyfaas/kit'

/** The custom domain of the API. It answers over https only, for all routes. */
export function translateDomain(service: Service): {
  readonly domain?: Tree
  readonly diagnostics: readonly Diagnostic[]
} {
  const { domain } = service
  if (!domain) return { diagnostics: [] }
  const { arn, id = arn, certificateArn = id, ...others } = domain.certificate ?? {}
  const diagnostics: Diagnostic[] = []
  const refuse = (key: string, why: string, help: string): void => {
    diagnostics.push(
      error('SLS3001', `an HTTP API cannot do the domain ${domain.name}: ${why}`, {
        pointer: `${domain.at}${key}`,
        on: 'key',
        help: [help],
      }),
    )
  }
  if (domain.name === 'auto')
    refuse('', 'it has no domains to give away', 'leave domain out: the API has an address of its own')
  if (domain.protocol === 'HTTP') refuse('/protocol', 'it answers over https only', 'domain.protocol: HTTPS')
  if (domain.routes) refuse('/routes', 'the routes are those of the functions', 'leave domain.routes out')
  const isArn = isSecret(certificateArn) || /^arn:[\w-]+:acm:/.test(certificateArn ?? '')
  if (!isArn || Object.keys(others).length > 0) {
    refuse(domain.certificate ? '/certificate' : '', 'it takes a certificate by its ARN', 'domain.certificate: {arn}')
  }
  return { domain: { DomainName: domain.name, CertificateArn: certificateArn }, diagnostics }
}
