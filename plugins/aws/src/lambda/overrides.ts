import {
  checkName,
  checkPart,
  checkShape,
  type Diagnostic,
  error,
  type Fn,
  isMap,
  mergeTree,
  type Pointer,
  type Service,
  type Tree,
  type TriggerRow,
  treeAt,
  triggersOf,
} from '@anyfaas/kit'
import { functionIds } from './ids.ts'
import { shapes } from './shapes.gen.ts'
import { triggers } from './triggers.ts'

const FUNCTION = 'AWS::Serverless::Function'

/** Raw settings and resources in the words of SAM, held against its schema. Other types are checked by CloudFormation. */
export function checkRaw(service: Service): readonly Diagnostic[] {
  return [
    ...service.functions.flatMap((fn) => [
      ...checkProperties(fn.overrides['aws'], FUNCTION, `${fn.at}/overrides/aws`),
      ...triggersOf(fn).flatMap(({ trigger }) => {
        const row = triggers[trigger.kind] as Partial<TriggerRow<typeof trigger>>
        return checkProperties(trigger.overrides?.['aws'], `event ${row.type}`, `${trigger.at}/overrides/aws`)
      }),
    ]),
    ...checkTemplate(service.overrides['aws'], service, '/overrides/aws'),
    ...checkTemplate(fragment(service.resources['aws']), service, '/resources/aws'),
  ]
}

/** What a function gets, in the words of SAM, with its raw settings laid over it. */
export function withRaw(spec: Tree, fn: Fn, service: Service): Tree {
  const id = functionIds(service).get(fn.name) as string
  const raw = [fn.overrides['aws'], treeAt(service.overrides['aws'], ['Resources', id, 'Properties'])]
  return raw.reduce<Tree>(mergeTree, spec)
}

// By name, or a part of the whole template.
function fragment(given: unknown): unknown {
  if (!isMap(given)) return given
  const isPart = Object.keys(given).every((key) => SECTIONS.includes(key))
  return isPart ? given : { Resources: given }
}

const SECTIONS = [
  ...['AWSTemplateFormatVersion', 'Transform', 'Description', 'Metadata', 'Parameters', 'Mappings', 'Conditions'],
  ...['Rules', 'Globals', 'Resources', 'Outputs'],
]

function checkTemplate(given: unknown, service: Service, pointer: Pointer): readonly Diagnostic[] {
  if (given === undefined) return []
  if (!isMap(given)) return [error('SLS3007', 'a template is a map of its sections', { pointer })]
  const { Resources: resources } = given
  const isWhole = isMap(service.resources['aws']) && 'Resources' in service.resources['aws']
  const at = pointer === '/resources/aws' && !isWhole ? pointer : `${pointer}/Resources`
  return [
    ...Object.keys(given)
      .filter((key) => !SECTIONS.includes(key))
      .map((key) => checkName(key, SECTIONS, { pointer: `${pointer}/${key}`, name: 'a template' })),
    ...(isMap(resources)
      ? Object.entries(resources).flatMap(([id, part]) =>
          checkResource(part, typesOf(service), { id, pointer: `${at}/${id}` }),
        )
      : []),
  ]
}

// Logical id -> type, as far as it is known: what the template has by itself.
function typesOf(service: Service): Readonly<Record<string, string | undefined>> {
  const functions = [...functionIds(service).values()].map((id) => [id, FUNCTION])
  const raw = fragment(service.resources['aws'])
  const added = isMap(raw) && isMap(raw['Resources']) ? Object.keys(raw['Resources']).map((id) => [id, undefined]) : []
  return {
    ...Object.fromEntries([...added, ...functions]),
    HttpApi: 'AWS::Serverless::HttpApi',
    ScheduleGroup: undefined,
  }
}

const ATTRIBUTES = [
  ...['Type', 'Properties', 'DependsOn', 'Condition', 'Metadata', 'DeletionPolicy', 'UpdateReplacePolicy'],
  ...['CreationPolicy', 'UpdatePolicy', 'Connectors', 'IgnoreGlobals'],
]

function checkResource(
  given: unknown,
  types: Readonly<Record<string, string | undefined>>,
  { id, pointer }: { readonly id: string; readonly pointer: Pointer },
): readonly Diagnostic[] {
  if (given === null) return []
  if (!isMap(given)) return [error('SLS3007', `the resource "${id}" is a map`, { pointer })]
  const type = given['Type'] ?? types[id]
  const isRole = /(Role|Bucket)$/.test(id)
  if (given['Type'] === undefined && !(id in types) && !isRole)
    return [checkPart(id, Object.keys(types), { pointer, name: 'the template' })]
  return [
    ...Object.keys(given)
      .filter((key) => !ATTRIBUTES.includes(key))
      .map((key) => checkName(key, ATTRIBUTES, { pointer: `${pointer}/${key}`, name: `the resource "${id}"` })),
    ...checkProperties(given['Properties'], String(type), `${pointer}/Properties`),
  ]
}

function checkProperties(given: unknown, type: string, pointer: Pointer): readonly Diagnostic[] {
  const shape = shapes[type]
  if (given === undefined || shape === undefined) return []
  const name = type.startsWith('event ') ? `an event of type ${type.slice('event '.length)}` : type
  return checkShape(given, shape, { pointer, name })
}
