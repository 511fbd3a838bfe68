import { type Diagnostic, type Domain, error, type Value } from '@anyfaas/kit'

/** A domain's certificate: by content, or by its id in the platform's certificate service. */
export interface Certificate {
  readonly certName?: Value
  readonly certificate?: Value
  readonly privateKey?: Value
  readonly certId?: Value
}

const KEYS: Readonly<Record<string, keyof Certificate>> = {
  name: 'certName',
  certName: 'certName',
  cert: 'certificate',
  certificate: 'certificate',
  key: 'privateKey',
  privateKey: 'privateKey',
  id: 'certId',
  certId: 'certId',
}

/** Reads `domain.certificate`; https without one is an error. */
export function readCertificate(
  domain: Domain,
  platform: string,
): { readonly certificate?: Certificate; readonly diagnostics: readonly Diagnostic[] } {
  const given = Object.entries(domain.certificate ?? {})
  const place = { pointer: `${domain.at}/certificate`, on: 'key' as const }
  if (given.length === 0) {
    if (!domain.protocol?.includes('HTTPS')) return { diagnostics: [] }
    return {
      diagnostics: [
        error('SLS3001', `${platform} serves ${domain.name} over https with a certificate only`, {
          ...place,
          pointer: domain.at,
          help: ['add domain.certificate: {name, certificate, privateKey}'],
        }),
      ],
    }
  }
  const unknown = given.filter(([key]) => !Object.hasOwn(KEYS, key))
  const certificate = Object.fromEntries(
    given.flatMap(([key, value]) => (Object.hasOwn(KEYS, key) ? [[KEYS[key] as string, value]] : [])),
  ) as Certificate
  const isWhole =
    certificate.certId !== undefined ||
    (certificate.certName !== undefined &&
      certificate.certificate !== undefined &&
      certificate.privateKey !== undefined)
  if (unknown.length === 0 && isWhole) return { certificate, diagnostics: [] }
  const message =
    unknown.length > 0
      ? `a certificate on ${platform} has no "${unknown[0]?.[0]}"`
      : `a certificate on ${platform} needs name, certificate and privateKey, or an id`
  return { certificate, diagnostics: [error('SLS3001', message, place)] }
}
