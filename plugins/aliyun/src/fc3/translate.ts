import {
  type ArtifactRefs,
  checkBraces,
  checkDescription,
  checkFunction,
  checkUnique,
  type Diagnostic,
  deployedName,
  effectiveFn,
  entryInitializer,
  entryPreStop,
  type Fn,
  fillPlaceholders,
  mapFields,
  mergeTree,
  type Resource,
  type Service,
  subjectOf,
  type Translation,
  type Tree,
  treeAt,
} from '@anyfaas/kit'
import { PRE_STOP_SEC } from '../pre-stop.ts'
import { checkRegion, regionOf } from '../region.ts'
import { mapFunctionTriggers } from '../triggers.ts'
import { wordsOf } from '../words.ts'
import { codeOf, PLATFORM } from './code.ts'
import { translateDomain } from './domain.ts'
import { facts } from './facts.ts'
import { cpuFor, DEFAULT_MEMORY_MB, fields } from './fields.ts'
import { checkRaw } from './overrides.ts'
import { triggers } from './triggers.ts'

/** Functions with their triggers, and a custom domain: in the words of the components fc3 and fc3-domain. */
export function translate(service: Service, artifacts: ArtifactRefs): Translation {
  const resources: Resource[] = []
  const diagnostics: Diagnostic[] = [
    ...checkRaw(service),
    ...checkRegion(service),
    ...checkDescription(service, PLATFORM),
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
  const values = { region: regionOf(service), account: service.provider.accountId }
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
  const spec = {
    functionName: nameOf(fn, service),
    region: regionOf(service),
    runtime: checked.runtime,
    ...code.spec,
    ...mergeTree(lifecycleOf(fn), mapped.spec),
  }
  const made = translateTriggers(fn)
  const overridden = [
    wordsOf(fn.overrides['aliyun'], '3.0'),
    treeAt(service.overrides['aliyun'], ['resources', fn.name, 'props']),
  ].reduce(mergeTree, spec) as Tree
  return {
    resources: [
      { id: `function/${fn.name}`, type: 'fc3:function', spec: withCpu(overridden), at: fn.at },
      ...made.resources,
    ],
    diagnostics: [
      ...checked.diagnostics,
      ...checkBraces(fn, subject, 'Serverless Devs'),
      ...code.diagnostics,
      ...mapped.diagnostics,
      ...made.diagnostics,
    ],
  }
}

// Overrides may have the last word about the memory.
function withCpu(spec: Tree): Tree {
  const { cpu, memorySize } = spec
  if (cpu !== undefined || memorySize === undefined || memorySize === DEFAULT_MEMORY_MB) return spec
  const made: Tree = {}
  for (const key in spec) {
    made[key] = spec[key]
    if (key === 'memorySize') made['cpu'] = cpuFor(memorySize)
  }
  return made
}

// https://www.alibabacloud.com/help/en/functioncompute/fc/lifecycle-hooks-for-function-instances-2
function lifecycleOf(fn: Fn): object {
  const [initializer, preStop] = [entryInitializer(fn), entryPreStop(fn)]
  const config = {
    ...(initializer !== undefined && { initializer: { handler: initializer } }),
    ...(preStop !== undefined && { preStop: { handler: preStop, timeout: PRE_STOP_SEC } }),
  }
  return Object.keys(config).length === 0 ? {} : { instanceLifecycleConfig: config }
}

function translateTriggers(fn: Fn): Translation {
  const { mapped, diagnostics } = mapFunctionTriggers(fn, triggers, PLATFORM)
  const resources = mapped.map(({ name, type, spec, deployed }) => {
    const functionName = { $ref: `function/${fn.name}`, field: 'functionName' }
    const full = { functionName, triggerName: name, triggerType: type, ...spec }
    const overrides = wordsOf(deployed.trigger.overrides?.['aliyun'], '3.0')
    return {
      id: `trigger/${fn.name}/${name}`,
      type: 'fc3:trigger',
      spec: mergeTree(full, overrides),
      at: deployed.trigger.at,
    }
  })
  return { resources, diagnostics }
}
