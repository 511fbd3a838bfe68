import {
  type ArtifactRefs,
  artifactOf,
  checkFunction,
  type Diagnostic,
  environmentOf,
  type Fn,
  type MappedTrigger,
  mapFields,
  mapTriggers,
  mergeTree,
  type Resource,
  routesOf,
  type Service,
  type SpecFile,
  secretsIn,
  spellSecrets,
  subjectOf,
  type Translator,
  triggersOf,
  writeValue,
} from '@anyfaas/kit'
import { outputsOf } from '../outputs/outputs-of.ts'
import { FUNCTION, type FunctionSpec, type RouteSpec, type SourceSpec, type TimerSpec } from '../spec.ts'
import { checkLogs } from './check-logs.ts'
import { checkRaw } from './check-raw.ts'
import { facts } from './facts.ts'
import { fields } from './fields.ts'
import { triggers } from './triggers.ts'

const PLATFORM = 'the local platform'

/** Functions in the words of `local.yml`. */
export const translator: Translator = {
  translate(service, artifacts) {
    const made = service.functions.map((fn) => translateFunction(fn, service, artifacts))
    return {
      resources: made.map(({ resource }) => resource),
      diagnostics: made.flatMap(({ diagnostics }) => diagnostics),
    }
  },
  render,
}

interface TranslatedFunction {
  readonly resource: Resource<FunctionSpec>
  readonly diagnostics: readonly Diagnostic[]
}

function translateFunction(fn: Fn, service: Service, artifacts: ArtifactRefs): TranslatedFunction {
  const subject = subjectOf(fn, PLATFORM)
  const environment = environmentOf(fn).variables
  const mapped = mapFields(fields, fn, subject)
  const routes = routesOf(fn).map((trigger) => ({ name: trigger.path, trigger }))
  const timers = triggersOf(fn).filter(({ trigger }) => trigger.kind !== 'http')
  const reached = mapTriggers([...routes, ...timers], triggers, subject)
  const ofType = (...types: readonly string[]): readonly MappedTrigger[] =>
    reached.triggers.filter(({ type }) => types.includes(type))
  const sources = ofType('mqtt', 'folder', 'topic', 'log', 'dapr').map(readSource)
  const outputs = outputsOf(fn)
  const spec = {
    name: fn.name,
    ...codeOf(fn, service, artifacts),
    ...mapped.spec,
    environment,
    secrets: [...secretsIn([environment, sources, outputs.specs])].sort(),
    routes: ofType('route').map(readRoute),
    ...(domainOf(service) !== undefined && { hosts: [domainOf(service)] }),
    timers: ofType('timer').map(readTimer),
    ...(sources.length > 0 && { sources }),
    ...(outputs.specs.length > 0 && { outputs: outputs.specs }),
  }
  const final = mergeTree<object>(spec, fn.overrides['local']) as FunctionSpec
  return {
    resource: { id: `function/${fn.name}`, type: FUNCTION, spec: withDomain(final, service), at: fn.at, fn: fn.name },
    diagnostics: [
      ...checkFunction(fn, facts, subject).diagnostics,
      ...mapped.diagnostics,
      ...reached.diagnostics,
      ...reached.triggers.flatMap(checkRaw),
      ...checkLogs(fn, service),
      ...outputs.diagnostics,
    ],
  }
}

// `auto` is a name that a platform would give.
function domainOf({ domain }: Service): string | undefined {
  return domain && domain.name !== 'auto' ? domain.name : undefined
}

// Names that overrides give are further ones; a list of theirs would take the place of the domain.
function withDomain(spec: FunctionSpec, service: Service): FunctionSpec {
  const domain = domainOf(service)
  if (!Array.isArray(spec.hosts) || domain === undefined) return spec
  return { ...spec, hosts: [...new Set([domain, ...spec.hosts])] }
}

function codeOf(fn: Fn, service: Service, artifacts: ArtifactRefs): Partial<FunctionSpec> {
  const { path, handler, digest, mark } = artifactOf(fn, service, artifacts)
  const code = { artifact: path, ...(digest !== undefined && { digest }), ...(mark !== undefined && { mark }) }
  if (fn.code.kind !== 'custom') return { ...code, handler }
  const { command, args, healthCheck } = fn.code
  return { ...code, server: { command: [...command, ...args], ...(healthCheck && { healthCheck }) } }
}

function readRoute(mapped: MappedTrigger): RouteSpec {
  return { methods: [], ...withOverrides(mapped) } as unknown as RouteSpec
}

function readTimer(mapped: MappedTrigger): TimerSpec {
  return { name: mapped.name, ...withOverrides(mapped) } as unknown as TimerSpec
}

function readSource(mapped: MappedTrigger): SourceSpec {
  return { name: mapped.name, type: mapped.type, ...withOverrides(mapped) } as unknown as SourceSpec
}

function withOverrides({ spec, deployed }: MappedTrigger): object {
  return mergeTree(spec, deployed.trigger.overrides?.['local']) as object
}

function render(service: Service, resources: readonly Resource[]): readonly SpecFile[] {
  const functions = (resources as readonly Resource<FunctionSpec>[]).map(({ spec: { name, ...spec } }) => [name, spec])
  const whole = { service: service.name, stage: service.stage, functions: Object.fromEntries(functions) }
  const data = spellSecrets(mergeTree(whole, service.overrides['local']), writeValue)
  return [{ path: 'local.yml', format: 'yaml', data }]
}
