import {
  type ArtifactRefs,
  artifactOf,
  checkFunction,
  checkUnique,
  deployedName,
  effectiveFn,
  type Fn,
  mapFields,
  mapTriggers,
  mergeTree,
  type Service,
  subjectOf,
  type Translation,
  triggersOf,
} from '@anyfaas/kit'
import { facts } from './facts.ts'
import { fields } from './fields.ts'
import { triggers } from './triggers.ts'
import { NAME, PLATFORM } from './words.ts'

/** A resource for every function, in the platform's words, its triggers in it. */
export function translate(service: Service, artifacts: ArtifactRefs): Translation {
  const made = service.functions.map((fn) => translateFunction(fn, service, artifacts))
  return {
    resources: made.flatMap(({ resources }) => resources),
    diagnostics: [
      ...checkUnique(service.functions, (fn) => nameOf(fn, service), PLATFORM),
      ...made.flatMap(({ diagnostics }) => diagnostics),
    ],
  }
}

function translateFunction(fn: Fn, service: Service, artifacts: ArtifactRefs): Translation {
  const subject = subjectOf(fn, PLATFORM)
  const checked = checkFunction(fn, facts, subject)
  const mapped = mapFields(fields, effectiveFn(fn), subject)
  const called = mapTriggers(triggersOf(fn), triggers, subject)
  const { path, handler } = artifactOf(fn, service, artifacts)
  const spec = {
    name: nameOf(fn, service),
    runtime: checked.runtime,
    code: path,
    handler,
    ...mapped.spec,
    triggers: called.triggers.map(({ name, type, spec: own, deployed }) =>
      mergeTree({ name, type, ...own }, deployed.trigger.overrides?.[NAME]),
    ),
  }
  const final = mergeTree(spec, fn.overrides[NAME])
  return {
    resources: [{ id: `function/${fn.name}`, type: 'function', spec: final, at: fn.at, fn: fn.name }],
    diagnostics: [...checked.diagnostics, ...mapped.diagnostics, ...called.diagnostics],
  }
}

function nameOf(fn: Fn, service: Service): string {
  return deployedName([service.name, service.stage, fn.name], facts.functionName)
}
