import {
  type ArtifactRefs,
  checkFunction,
  checkHealth,
  checkUnique,
  type Diagnostic,
  effectiveFn,
  error,
  type Fn,
  type HttpTrigger,
  mapFields,
  mergeTree,
  type Resource,
  type Service,
  subjectOf,
  type Translation,
  type Tree,
  treeAt,
} from '@anyfaas/kit'
import { checkRegion } from '../region.ts'
import { mapFunctionTriggers } from '../triggers.ts'
import { wordsOf } from '../words.ts'
import { codeOf, PLATFORM, SERVICE } from './code.ts'
import { translateDomain } from './domain.ts'
import { facts } from './facts.ts'
import { fields } from './fields.ts'
import { functionName, serviceName } from './names.ts'
import { checkRaw } from './overrides.ts'
import { triggers } from './triggers.ts'

/** One service, its functions with their events, and a custom domain: in the words of Aliyun::Serverless-2018-04-03. */
export function translate(service: Service, artifacts: ArtifactRefs): Translation {
  const diagnostics: Diagnostic[] = [
    ...checkRaw(service),
    ...checkRegion(service),
    ...checkUnique(service.functions, (fn) => functionName(fn), PLATFORM),
  ]
  const made = service.functions.map((fn) => translateFunction(fn, service, artifacts))
  for (const one of made) diagnostics.push(...one.diagnostics)
  diagnostics.push(...made.flatMap((one) => agree(one, made[0] as Made)))
  const ServiceName = serviceName(service)
  const given = {
    ServiceName,
    ...(service.description !== undefined && { Description: service.description }),
    ...made[0]?.shared,
  }
  const properties = mergeTree(given, treeAt(service.overrides['aliyun'], ['Resources', ServiceName, 'Properties']))
  const resources: Resource[] = [
    { id: 'service', type: 'fc2:service', spec: properties },
    ...made.flatMap((one) => one.resources),
  ]
  if (!service.domain) return { resources, diagnostics }
  const domain = translateDomain(service, service.domain)
  return { resources: [...resources, ...domain.resources], diagnostics: [...diagnostics, ...domain.diagnostics] }
}

interface Made extends Translation {
  readonly fn: Fn
  /** What the platform keeps on the service: role, network, logs. */
  readonly shared: Tree
}

const SHARED: Readonly<Record<string, string>> = { Role: 'role', VpcConfig: 'vpc', LogConfig: 'logs' }

function agree(one: Made, first: Made): readonly Diagnostic[] {
  return Object.entries(SHARED).flatMap(([word, key]) => {
    if (JSON.stringify(one.shared[word]) === JSON.stringify(first.shared[word])) return []
    const message = `"${key}" belongs to the whole service on ${PLATFORM}, and "${one.fn.name}" has another one than "${first.fn.name}"`
    return [
      error('SLS3001', message, {
        pointer: `${one.fn.at}/${key}`,
        on: 'key',
        help: ['set it once under provider', 'or use edition 3.0'],
      }),
    ]
  })
}

function translateFunction(fn: Fn, service: Service, artifacts: ArtifactRefs): Made {
  const subject = subjectOf(fn, PLATFORM)
  const checked = checkFunction(fn, facts, subject)
  const code = codeOf(fn, service, artifacts)
  const mapped = mapFields(fields, effectiveFn(fn), subject)
  const { service: shared = {}, ...own } = mapped.spec
  const name = functionName(fn)
  const spec = { ServiceName: SERVICE, FunctionName: name, Runtime: checked.runtime, ...code.spec, ...own }
  const overrides = [
    wordsOf(fn.overrides['aliyun'], '2.0'),
    treeAt(service.overrides['aliyun'], ['Resources', serviceName(service), name, 'Properties']),
  ]
  const made = translateTriggers(fn)
  return {
    fn,
    shared: shared as Tree,
    resources: [
      { id: `function/${fn.name}`, type: 'fc2:function', spec: overrides.reduce(mergeTree, spec) as object, at: fn.at },
      ...made.resources,
    ],
    diagnostics: [
      ...checked.diagnostics,
      ...code.diagnostics,
      ...checkHealth(fn, subject, []),
      ...mapped.diagnostics,
      ...made.diagnostics,
    ],
  }
}

function translateTriggers(fn: Fn): Translation {
  const { mapped, http, diagnostics } = mapFunctionTriggers(fn, triggers, PLATFORM)
  const resources = mapped.map(({ name, type, spec, deployed }) => {
    const Properties = mergeTree(spec, wordsOf(deployed.trigger.overrides?.['aliyun'], '2.0'))
    const FunctionName = { $ref: `function/${fn.name}`, field: 'FunctionName' }
    const full = { ServiceName: SERVICE, FunctionName, TriggerName: name, Type: type, Properties }
    return { id: `trigger/${fn.name}/${name}`, type: 'fc2:trigger', spec: full, at: deployed.trigger.at }
  })
  const kinds = new Set(mapped.map(({ deployed }) => deployed.trigger.kind))
  kinds.delete('http')
  return {
    resources,
    diagnostics: [...diagnostics, ...(http && kinds.size > 0 ? [mixed(fn, http.trigger, [...kinds])] : [])],
  }
}

// https://www.alibabacloud.com/help/en/functioncompute/fc-2-0/user-guide/overview-37
function mixed(fn: Fn, http: HttpTrigger, kinds: readonly string[]): Diagnostic {
  return error(
    'SLS3001',
    `a function with an http trigger has no other triggers on ${PLATFORM}; "${fn.name}" has ${kinds.join(', ')} too`,
    {
      pointer: http.at,
      on: 'key',
      help: ['make two functions of it', 'or use edition 3.0'],
    },
  )
}
