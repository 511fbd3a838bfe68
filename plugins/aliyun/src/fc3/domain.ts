import { type Domain, domainRoutes, type Service, type Translation } from '@anyfaas/kit'
import { readCertificate } from '../certificate.ts'
import { regionOf } from '../region.ts'
import { PLATFORM } from './code.ts'

/** The custom domain in the words of the component fc3-domain. */
export function translateDomain(service: Service, domain: Domain): Translation {
  const { routes, diagnostics } = domainRoutes(service, domain, PLATFORM)
  const { certificate, diagnostics: problems } = readCertificate(domain, PLATFORM)
  const spec = {
    region: regionOf(service),
    domainName: domain.name,
    protocol: domain.protocol ?? (certificate ? 'HTTP,HTTPS' : 'HTTP'),
    ...(certificate && { certConfig: certificate }),
    routeConfig: {
      routes: routes.map(({ path, fn, methods }) => ({
        path,
        functionName: { $ref: `function/${fn.name}`, field: 'functionName' },
        methods,
      })),
    },
  }
  return {
    resources: [{ id: `domain/${domain.name}`, type: 'fc3:custom-domain', spec, at: domain.at }],
    diagnostics: [...diagnostics, ...problems],
  }
}
