import {
  type ArtifactRefs,
  checkBraces,
  checkDescription,
  checkFunction,
  checkHealth,
  checkUnique,
  type DeployedTrigger,
  type Diagnostic,
  type Domain,
  deployedName,
  domainRoutes,
  effectiveFn,
  error,
  type Fn,
  fillPlaceholders,
  joinHttp,
  judgeRoutes,
  type MappedTrigger,
  mapFields,
  mapTriggers,
  mergeTree,
  type Resource,
  type Service,
  subjectOf,
  type Translation,
  triggersOf,
} from '@anyfaas/kit'
import { codeOf, PLATFORM } from './code.ts'
import { facts } from './facts.ts'
import { fields } from './fields.ts'
import { checkRaw, withRaw } from './overrides.ts'
import { triggers } from './triggers.ts'

/** Functions with their triggers in the words of multi-scf, and a custom domain in those of CreateCustomDomain. */
export function translate(service: Service, artifacts: ArtifactRefs): Translation {
  const resources: Resource[] = []
  const diagnostics: Diagnostic[] = [
    ...checkDescription(service, PLATFORM),
    ...checkRaw(service),
    ...checkUnique(service.functions, (fn) => nameOf(fn, service), PLATFORM),
  ]
  for (const fn of service.functions) {
    const made = translateFunction(fn, service, artifacts)
    resources.push(...made.resources)
    diagnostics.push(...made.diagnostics)
  }
  if (service.domain) {
    const made = translateDomain(service, service.domain)
    resources.push(...made.resources)
    diagnostics.push(...made.diagnostics)
  }
  const values = { region: service.provider.region ?? facts.defaultRegion }
  return {
    resources: fillPlaceholders(resources, values),
    diagnostics,
  }
}

function nameOf(fn: Fn, service: Service): string {
  return deployedName([service.name, service.stage, fn.name], facts.functionName)
}

function translateFunction(fn: Fn, service: Service, artifacts: ArtifactRefs): Translation {
  const subject = subjectOf(fn, PLATFORM)
  const checked = checkFunction(fn, facts, subject)
  const code = codeOf(fn, service, artifacts)
  const mapped = mapFields(fields, effectiveFn(fn), subject)
  const spec = { name: nameOf(fn, service), runtime: checked.runtime, ...code.spec, ...mapped.spec }
  const made = translateTriggers(fn)
  return {
    resources: [
      { id: `function/${fn.name}`, type: 'scf:function', spec: withRaw(spec, fn, service), at: fn.at },
      ...made.resources,
    ],
    diagnostics: [
      ...checked.diagnostics,
      ...checkBraces(fn, subject, "the vendor's tool"),
      ...code.diagnostics,
      ...checkHealth(fn, subject, []),
      ...mapped.diagnostics,
      ...made.diagnostics,
    ],
  }
}

const QUALIFIER = '$DEFAULT'

function translateTriggers(fn: Fn): Translation {
  const subject = subjectOf(fn, PLATFORM)
  const { joined, diagnostics } = joinHttp(fn, subject)
  const others = triggersOf(fn).filter(({ trigger }) => trigger.kind !== 'http')
  const routes = mapTriggers(joined ? [joined] : [], triggers, subject)
  const mapped = mapTriggers(others.flatMap(splitStorage), triggers, subject)
  const resources = [...routes.triggers, ...mapped.triggers].map(({ name, type, spec, deployed }) => {
    const parameters = mergeTree({ name, qualifier: QUALIFIER, ...spec }, deployed.trigger.overrides?.['tencent'])
    return {
      id: `trigger/${fn.name}/${name}`,
      type: 'scf:trigger',
      spec: { type, function: { $ref: `function/${fn.name}`, field: 'name' }, parameters },
      at: deployed.trigger.at,
    }
  })
  return {
    resources,
    diagnostics: [
      ...diagnostics,
      ...judgeRoutes(fn, triggers, subject),
      ...mapped.diagnostics,
      ...mapped.triggers.flatMap(checkName),
    ],
  }
}

// https://cloud.tencent.com/document/product/583/9708
const TIMER_NAME = /^[A-Za-z][\w-]{0,59}$/

function checkName({ name, type, deployed }: MappedTrigger): Diagnostic[] {
  if (type !== 'timer' || TIMER_NAME.test(name)) return []
  return [
    error(
      'SLS1047',
      `"${name}" cannot be the name of a timer on ${PLATFORM}: at most 60 letters, digits, "_" and "-"`,
      {
        pointer: deployed.trigger.at,
        on: 'key',
        help: ['give the trigger a shorter name of its own'],
      },
    ),
  ]
}

// A trigger of a bucket has one event.
function splitStorage(deployed: DeployedTrigger): readonly DeployedTrigger[] {
  const { trigger, name } = deployed
  if (trigger.kind !== 'os' || trigger.events.length < 2) return [deployed]
  return trigger.events.map((event, index) => ({
    ...deployed,
    name: index === 0 ? name : `${name}-event-${index + 1}`,
    trigger: { ...trigger, events: [event] },
  }))
}

function translateDomain(service: Service, domain: Domain): Translation {
  const { routes, diagnostics } = domainRoutes(service, domain, PLATFORM)
  const { id, certificateId = id, ...others } = domain.certificate ?? {}
  const protocol = domain.protocol ?? (certificateId === undefined ? 'HTTP' : 'HTTP,HTTPS')
  const spec = {
    Domain: domain.name,
    Protocol: protocol.replace(',', '&'),
    EndpointsConfig: routes.map(({ path, fn }) => ({
      Namespace: 'default',
      FunctionName: { $ref: `function/${fn.name}`, field: 'name' },
      Qualifier: QUALIFIER,
      PathMatch: path,
    })),
    ...(certificateId !== undefined && { CertConfig: { CertificateId: certificateId } }),
  }
  const needsId = Object.keys(others).length > 0 || (certificateId === undefined && protocol.includes('HTTPS'))
  const problem = error('SLS3001', `${PLATFORM} takes a certificate by its id in the vendor's certificate service`, {
    pointer: domain.certificate ? `${domain.at}/certificate` : domain.at,
    on: 'key',
    help: ['domain.certificate: {id}'],
  })
  return {
    resources: [{ id: `domain/${domain.name}`, type: 'scf:custom-domain', spec, at: domain.at }],
    diagnostics: [...diagnostics, ...(needsId ? [problem] : [])],
  }
}
