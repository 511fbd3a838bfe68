import type { Call, Service } from '@anyfaas/kit'
import { planHttp } from '../http.ts'
import type { Gateway } from './gateway.ts'
import { type Arn, allow } from './statement.ts'

/** What a service has of API Gateway now, whether or not the file still says so. */
export interface GatewayNow {
  readonly hasApi: boolean
  /** The names of its domains. */
  readonly domains: readonly string[]
}

export async function gatewayNow(gateway: Gateway, call: Call): Promise<GatewayNow> {
  const [apis, domains] = await Promise.all([gateway.apis(call), gateway.ownDomains(call)])
  return { hasApi: apis.length > 0, domains: domains.map(({ DomainName }) => String(DomainName)) }
}

/**
 * The rights over the API and the domain of a service: the methods of HTTP on the paths that a deploy asks for. What the id of an
 * API will be nobody knows before, that of one that is there changes with a removal and the next deploy, and no table says that what
 * stands under an API bears its tags for a condition: so these are rights over all HTTP APIs of the region. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagementv2.html
 */
export function apiRights(service: Service, now: GatewayNow | undefined, arn: Arn, region: string): object[] {
  const at = (...paths: readonly string[]): string[] => paths.map((path) => arn('apigateway', path, `${region}:`))
  const { domain } = service
  const domains = [...new Set([...(domain ? [domain.name] : []), ...(now?.domains ?? [])])]
  const hasApi = now?.hasApi === true || planHttp(service).routes.length > 0
  const tags = [...(hasApi ? ['apis'] : []), ...(domain ? ['domainnames'] : [])].flatMap((kind) =>
    at(...TAGGED_AS.map((path) => `/tags/${encodeURIComponent(arn('apigateway', `${path}${kind}/`, `${region}:`))}*`)),
  )
  const parts = at(...PARTS.map((part) => `/apis/*/${part}`))
  return [
    allow(['apigateway:GET'], at('/apis', '/domainnames')),
    ...(hasApi
      ? [
          allow(['apigateway:GET', 'apigateway:POST'], parts),
          allow(TAGGED, at('/apis')),
          allow(['apigateway:PATCH', 'apigateway:DELETE'], at('/apis/*')),
        ]
      : []),
    ...(domain ? [allow(TAGGED, at('/domainnames'))] : []),
    ...domains.flatMap((name) => [
      allow(['apigateway:PATCH', 'apigateway:DELETE', 'apigateway:TagResource'], at(`/domainnames/${name}`)),
      allow(['apigateway:GET', 'apigateway:POST'], at(`/domainnames/${name}/apimappings`)),
      allow(['apigateway:PATCH', 'apigateway:DELETE'], at(`/domainnames/${name}/apimappings/*`)),
    ]),
    ...(hasApi || domain ? [allow(TAGGING, tags)] : []),
  ]
}

// The path of tags ends in the ARN of what bears them, encoded; refusals name both spellings, and of what is made a `*` for its name.
const TAGGED_AS = ['/', '/v2/']

const PARTS = ['authorizers', 'integrations', 'routes', 'stages']

// Whoever makes something with tags has to be allowed to tag it.
const TAGGED = ['apigateway:POST', 'apigateway:TagResource']

// By the paths of tags too, where a service of the older kind asks for PUT.
const TAGGING = ['apigateway:POST', 'apigateway:PUT', 'apigateway:TagResource']
