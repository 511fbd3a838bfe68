import {
  type Diagnostic,
  type Domain,
  domainRoutes,
  error,
  isSecret,
  type Service,
  type Translation,
} from '@anyfaas/kit'
import { type Certificate, readCertificate } from '../certificate.ts'
import { PLATFORM, SERVICE } from './code.ts'

/** The custom domain as Aliyun::Serverless::CustomDomain. */
export function translateDomain(service: Service, domain: Domain): Translation {
  const { routes, diagnostics } = domainRoutes(service, domain, PLATFORM)
  const { certificate, diagnostics: problems } = readCertificate(domain, PLATFORM)
  const paths = routes.map(({ path, fn }) => [
    path,
    { ServiceName: SERVICE, FunctionName: { $ref: `function/${fn.name}`, field: 'FunctionName' } },
  ])
  const spec = {
    DomainName: domain.name === 'auto' ? 'Auto' : domain.name,
    Protocol: domain.protocol ?? (certificate ? 'HTTP,HTTPS' : 'HTTP'),
    RouteConfig: { Routes: Object.fromEntries(paths) },
    ...(certificate && {
      CertConfig: {
        CertName: certificate.certName,
        PrivateKey: certificate.privateKey,
        Certificate: certificate.certificate,
      },
    }),
  }
  return {
    resources: [{ id: `domain/${domain.name}`, type: 'fc2:custom-domain', spec, at: domain.at }],
    diagnostics: [...diagnostics, ...problems, ...judge(domain, certificate)],
  }
}

function judge(domain: Domain, certificate: Certificate | undefined): Diagnostic[] {
  const refuse = (key: string, why: string, help: string): Diagnostic =>
    error('SLS3001', `${PLATFORM} cannot do the domain ${domain.name}: ${why}`, {
      pointer: domain.at + key,
      on: 'key',
      help: [help],
    })
  const hasSecret = [certificate?.certificate, certificate?.privateKey].some(isSecret)
  return [
    ...(domain.protocol === 'HTTPS'
      ? [refuse('/protocol', 'its template knows HTTP and HTTP,HTTPS', 'domain.protocol: HTTP,HTTPS')]
      : []),
    ...(certificate?.certId !== undefined
      ? [refuse('/certificate', 'a certificate is given by its content, not by an id', 'use edition 3.0')]
      : []),
    ...(hasSecret
      ? [
          refuse(
            '/certificate',
            'its template takes no secret for a certificate',
            'name the files: domain.certificate: {name, certificate: ./cert.pem, privateKey: ./key.pem}',
          ),
        ]
      : []),
  ]
}
