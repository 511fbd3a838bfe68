import { type Diagnostic, isMap, isRef, type Resource, type Service, type Tree } from '@anyfaas/kit'
import { functionPattern, roleOf } from '../role.ts'
import { OWN, OWN_NAME } from './api-kinds.ts'
import { cannot } from './cannot.ts'
import { ofAlias } from './expand-parts.ts'
import { permissionId, statementId } from './permission-kind.ts'
import { calledArn, partId, qualifierOf } from './qualifiers.ts'
import type { Place } from './site.ts'

const API = { $ref: 'api', field: 'ApiId' }

/** The API, its one stage, and who checks tokens for it. */
export function expandApi({ spec, ...resource }: Resource<Tree>, problems: Diagnostic[]): readonly Resource[] {
  const { Name, CorsConfiguration = {}, Auth, Domain, ...others } = spec
  for (const key of Object.keys(others)) problems.push(cannot(`"${key}" of the HTTP API`))
  const { Authorizers = {} } = (Auth ?? {}) as { Authorizers?: Readonly<Record<string, Tree>> }
  const api = { Name, ProtocolType: 'HTTP', CorsConfiguration, DisableExecuteApiEndpoint: false }
  return [
    { ...resource, type: 'aws:api', spec: api },
    { id: 'stage', type: 'aws:stage', spec: { ApiId: API, StageName: '$default', AutoDeploy: true } },
    ...(isMap(Domain) ? expandDomain(Domain) : []),
    ...Object.entries(Authorizers).map(([name, { IdentitySource, JwtConfiguration }]) => ({
      id: `authorizer/${name}`,
      type: 'aws:authorizer',
      spec: {
        ApiId: API,
        Name: OWN_NAME + name,
        AuthorizerType: 'JWT',
        IdentitySource: [IdentitySource],
        JwtConfiguration: read(JwtConfiguration),
      },
    })),
  ]
}

function expandDomain({ DomainName, CertificateArn }: Tree): Resource[] {
  const domain = { id: `domain/${DomainName}`, type: 'aws:domain', spec: { DomainName, CertificateArn } }
  const DomainRef = { $ref: domain.id, field: 'DomainName' }
  const Stage = { $ref: 'stage', field: 'StageName' }
  const spec = { DomainName: DomainRef, ApiId: API, Stage, ApiMappingKey: '' }
  return [domain, { id: `domain-mapping/${DomainName}`, type: 'aws:domain-mapping', spec }]
}

/**
 * Routes, one integration for those of a function that wait equally long, and the right to call the functions: by one role for
 * all of them, since what the policy of a function allows only that function tells. A deploy that makes no roles makes none here.
 */
export function expandRoutes(events: readonly Resource<Tree>[], role: Resource<Tree> | undefined): readonly Resource[] {
  const made = new Map<string, Resource>()
  const CredentialsArn = role ? { $ref: role.id, field: 'Arn' } : ''
  if (role && events.length > 0) made.set(role.id, role)
  const routes = events.map((event): Resource => {
    const { Path, Method, Auth, TimeoutInMillis = 30_000, PayloadFormatVersion } = event.spec['Properties'] as Tree
    const target = event.spec['FunctionName']
    if (!isRef(target)) throw new Error('a route without its function')
    const fn = target.$ref.slice('function/'.length)
    const qualifier = qualifierOf(event.spec)
    const path = TimeoutInMillis === 30_000 ? `integration/${fn}` : `integration/${fn}/${TimeoutInMillis}`
    const id = partId(path, qualifier)
    const IntegrationUri = calledArn(fn, qualifier)
    const integration = {
      IntegrationType: 'AWS_PROXY',
      IntegrationUri,
      PayloadFormatVersion,
      TimeoutInMillis,
      CredentialsArn,
    }
    made.set(id, { id, fn, type: 'aws:integration', spec: { ApiId: API, Description: OWN + id, ...integration } })
    const permission = permissionFor(fn, qualifier)
    if (!role) made.set(permission.id, permission)
    const RouteKey = Path === undefined ? '$default' : `${Method} ${Path}`
    const IntegrationId = { $ref: id, field: 'IntegrationId' }
    return { ...event, fn, type: 'aws:route', spec: { ApiId: API, RouteKey, IntegrationId, ...authorization(Auth) } }
  })
  return [...made.values(), ...routes]
}

/** The role by which the API calls the functions of the service. */
export function apiRole(service: Service, { partition, region, account }: Place): Resource<Tree> {
  const Resource = [`arn:${partition}:lambda:${region}:${account}:function:${functionPattern(service)}`]
  return roleOf(service, 'api', {
    principal: 'apigateway.amazonaws.com',
    managed: [],
    statements: [{ Effect: 'Allow', Action: ['lambda:InvokeFunction'], Resource }],
  })
}

// One statement for the whole API: a policy holds 20 KB.
function permissionFor(fn: string, qualifier: string | undefined): Resource {
  const spec = {
    FunctionName: { $ref: `function/${fn}`, field: 'FunctionName' },
    ...ofAlias(fn, qualifier),
    StatementId: statementId('api'),
    Action: 'lambda:InvokeFunction',
    Principal: 'apigateway.amazonaws.com',
    SourceApi: API,
  }
  return { id: permissionId(fn, 'api', qualifier), fn, type: 'aws:permission', spec }
}

function authorization(auth: unknown): Tree {
  const name = isMap(auth) ? auth['Authorizer'] : undefined
  if (name === undefined || name === 'NONE') return { AuthorizationType: 'NONE' }
  if (name === 'AWS_IAM') return { AuthorizationType: 'AWS_IAM' }
  return { AuthorizationType: 'JWT', AuthorizerId: { $ref: `authorizer/${name}`, field: 'AuthorizerId' } }
}

function read(jwt: unknown): Tree {
  const { issuer, audience } = jwt as Tree
  return { Audience: audience, Issuer: issuer }
}
