import {
  type ArtifactRefs,
  checkFunction,
  checkHealth,
  checkUnique,
  type Diagnostic,
  deployedName,
  effectiveFn,
  type Fn,
  httpTriggersOf,
  mapFields,
  mergeTree,
  noRoutes,
  placedAtMembers,
  type Resource,
  type Service,
  streamsUrl,
  subjectOf,
  type Translation,
  type Tree,
} from '@anyfaas/kit'
import { aliasOf, checkAliases } from './alias.ts'
import { guard } from './auth.ts'
import { codeOf, PLATFORM } from './code.ts'
import { translateDomain } from './domain.ts'
import { bucketsIn, translateEvents } from './events.ts'
import { facts } from './facts.ts'
import { fields } from './fields.ts'
import { planHttp } from './http.ts'
import { checkRaw, withRaw } from './overrides.ts'
import { Roles, rightsOf, type Source } from './role.ts'
import { translateRoutes } from './routes.ts'

/** Roles, functions, their events and one HTTP API: in the words of SAM, and of CloudFormation where SAM has none. */
export function translate(service: Service, artifacts: ArtifactRefs): Translation {
  const roles = new Roles(service)
  const buckets = bucketsIn(service)
  const functions: Resource[] = []
  const others: Resource[] = []
  const diagnostics: Diagnostic[] = [
    ...checkRaw(service),
    ...checkUnique(service.functions, (fn) => nameOf(fn, service), PLATFORM),
  ]
  for (const fn of service.functions) {
    const events = translateEvents(fn, { service, roles, buckets })
    const made = translateFunction(fn, { service, artifacts, roles, sources: events.sources })
    functions.push(...made.resources)
    others.push(...events.resources)
    diagnostics.push(...made.diagnostics, ...events.diagnostics)
  }
  const http = translateHttp(service)
  const shared = new Map([...others, ...http.resources].map((resource) => [resource.id, resource]))
  return {
    resources: [...roles.resources, ...functions, ...shared.values()],
    diagnostics: [...diagnostics, ...http.diagnostics],
  }
}

export function nameOf(fn: Fn, service: Service): string {
  return deployedName([service.name, service.stage, fn.name], facts.functionName)
}

interface Context {
  readonly service: Service
  readonly artifacts: ArtifactRefs
  readonly roles: Roles
  /** What it reads by itself. */
  readonly sources: readonly Source[]
}

function translateFunction(fn: Fn, { service, artifacts, roles, sources }: Context): Translation {
  const subject = subjectOf(fn, PLATFORM)
  const checked = checkFunction(fn, facts, subject)
  const code = codeOf(fn, service, artifacts)
  const whole = effectiveFn(fn)
  const environment = mergeTree(whole.environment, code.environment)
  const mapped = mapFields(fields, { ...whole, environment, cloudLayers: [...code.layers, ...fn.cloudLayers] }, subject)
  const spec: Tree = { FunctionName: nameOf(fn, service) }
  if (fn.code.kind !== 'container') spec['Runtime'] = checked.runtime
  Object.assign(spec, code.spec)
  // A role that nobody takes on is not made, and what raw settings send to or join takes rights too.
  const raw = withRaw(mapped.spec, fn, service)
  if (raw['Role'] === undefined) spec['Role'] = roles.arnOf(rightsOf(whole, sources, raw), fn.name)
  Object.assign(spec, mapped.spec)
  // What keeps instances ready is a version, and SAM publishes one under an alias.
  if ('ProvisionedConcurrencyConfig' in mapped.spec) spec['AutoPublishAlias'] = aliasOf(fn)
  Object.assign(spec, urlOf(fn))
  return {
    resources: [{ id: `function/${fn.name}`, type: 'aws:function', spec: withRaw(spec, fn, service), at: fn.at }],
    diagnostics: [
      ...checked.diagnostics,
      ...code.diagnostics,
      ...checkHealth(fn, subject, ['path']),
      ...checkAliases(fn),
      ...placedAtMembers(mapped.diagnostics, fn),
    ],
  }
}

function urlOf(fn: Fn): object {
  if (!fn.url) return {}
  const isIam = httpTriggersOf(fn).some(({ trigger }) => trigger.auth.kind === 'iam')
  return {
    FunctionUrlConfig: {
      AuthType: isIam ? 'AWS_IAM' : 'NONE',
      InvokeMode: streamsUrl(fn) ? 'RESPONSE_STREAM' : 'BUFFERED',
    },
  }
}

function translateHttp(service: Service): Translation {
  const plan = planHttp(service)
  if (plan.routes.length === 0) {
    const unused = service.domain ? [noRoutes(service.domain, 'an HTTP API')] : []
    return { resources: [], diagnostics: [...plan.diagnostics, ...unused] }
  }
  const guards = guard(plan.routes)
  const { domain, diagnostics } = translateDomain(service)
  const { cors } = plan
  const api = {
    Name: deployedName([service.name, service.stage], API_NAME),
    ...(cors && {
      CorsConfiguration: {
        AllowOrigins: cors.origins,
        AllowMethods: cors.methods,
        AllowHeaders: cors.headers,
        ...(cors.exposeHeaders && { ExposeHeaders: cors.exposeHeaders }),
        ...(cors.maxAgeSec !== undefined && { MaxAge: cors.maxAgeSec }),
        ...(cors.credentials && { AllowCredentials: true }),
      },
    }),
    ...(guards.api && { Auth: guards.api }),
    ...(domain && { Domain: domain }),
  }
  return {
    resources: [{ id: 'api', type: 'aws:http-api', spec: api }, ...translateRoutes(plan.routes, guards)],
    diagnostics: [...plan.diagnostics, ...guards.diagnostics, ...diagnostics],
  }
}

const API_NAME = { pattern: /^[\w .-]+$/, maxLength: 128, words: '' }
