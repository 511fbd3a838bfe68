import {
  fillPlaceholders,
  type Id,
  isMap,
  isRef,
  isSecret,
  logicalNames,
  mergeTree,
  type Ref,
  type Replace,
  type Resource,
  replaceIn,
  type SecretText,
  type Service,
  type SpecFile,
  secretsIn,
  spellSecrets,
  type Tree,
} from '@anyfaas/kit'
import { functionIds } from './ids.ts'

/** `template.yaml` of the Serverless Application Model. A secret is a parameter that is not shown. */
export function render(service: Service, resources: readonly Resource[]): readonly SpecFile[] {
  const ids = logicalIds(service, resources)
  const speller = createSpeller(ids)
  const events = eventsByFunction(resources, speller)
  const parts: Tree = {}
  for (const { id, type, spec } of resources) {
    const Type = TYPES[type]
    if (Type === undefined) continue
    const own = events.get(id)
    const spelled = speller.spell(spec as Tree)
    const Properties = own ? Object.assign({ ...spelled }, own.aliasFor(spelled), { Events: own.events }) : spelled
    parts[ids.get(id) as string] = { Type, Properties }
  }
  const Outputs = outputsOf(resources, ids)
  const whole = {
    AWSTemplateFormatVersion: '2010-09-09',
    Transform: 'AWS::Serverless-2016-10-31',
    ...(service.description !== undefined && { Description: service.description }),
    Resources: parts,
    ...(Object.keys(Outputs).length > 0 && { Outputs }),
  }
  const raw = [fragment(service.resources['aws']), service.overrides['aws']]
  const data = raw.reduce<Tree>(mergeTree, whole)
  const hasSecrets = speller.hasSecrets || secretsIn(raw).length > 0
  return [{ path: 'template.yaml', format: 'yaml', data: hasSecrets ? withParameters(data) : data }]
}

const TYPES: Readonly<Record<string, string>> = {
  'aws:role': 'AWS::IAM::Role',
  'aws:function': 'AWS::Serverless::Function',
  'aws:http-api': 'AWS::Serverless::HttpApi',
  'aws:schedule-group': 'AWS::Scheduler::ScheduleGroup',
  'aws:bucket': 'AWS::S3::Bucket',
}

function logicalIds(service: Service, resources: readonly Resource[]): ReadonlyMap<Id, string> {
  const functions = functionIds(service)
  const ids = new Map<Id, string>([...functions].map(([name, id]) => [`function/${name}`, id]))
  ids.set('api', 'HttpApi')
  ids.set('schedule-group', 'ScheduleGroup')
  for (const [type, suffix] of [
    ['aws:role', 'Role'],
    ['aws:bucket', 'Bucket'],
  ] as const) {
    const own = resources.filter((resource) => resource.type === type).map(({ id }) => id)
    const names = logicalNames(own.map(tailOf))
    for (const id of own) ids.set(id, `${names.get(tailOf(id))}${suffix}`)
  }
  return ids
}

// `trigger/login/timer` -> `timer`; a route keeps its slashes.
function tailOf(id: Id): string {
  return id.startsWith('route/') ? id.slice('route/'.length) : id.slice(id.lastIndexOf('/') + 1)
}

interface OwnEvents {
  readonly events: Tree
  /** What they need of their function: the alias that one of them calls, unless it has one. */
  aliasFor(spec: Tree): Tree
}

function eventsByFunction(resources: readonly Resource[], { spell }: Speller): ReadonlyMap<Id, OwnEvents> {
  const found = new Map<Id, [string, Tree][]>()
  for (const { id, type, spec } of resources) {
    if (type !== 'aws:event') continue
    const { FunctionName } = spec as Tree
    if (!isRef(FunctionName)) throw new Error('an event without its function')
    const own = found.get(FunctionName.$ref) ?? []
    own.push([tailOf(id), spec as Tree])
    found.set(FunctionName.$ref, own)
  }
  return new Map(
    [...found].map(([id, own]) => {
      const names = logicalNames(own.map(([name]) => name))
      // Names that no other function has: a map of them is a dictionary from the start.
      const events: Tree = Object.create(null)
      for (const [name, { Type, Properties }] of own)
        events[names.get(name) as string] = { Type, Properties: spell(Properties as Tree) }
      const AutoPublishAlias = own.map(([, event]) => event['Qualifier']).find((name) => name !== undefined)
      const aliasFor = (spec: Tree): Tree =>
        AutoPublishAlias === undefined || 'AutoPublishAlias' in spec ? {} : { AutoPublishAlias }
      return [id, { events, aliasFor }]
    }),
  )
}

function outputsOf(resources: readonly Resource[], ids: ReadonlyMap<Id, string>): Tree {
  const urls = resources.filter(({ type, spec }) => type === 'aws:function' && 'FunctionUrlConfig' in spec)
  return {
    ...(resources.some(({ id }) => id === 'api') && {
      Url: { Description: 'The address of the API', Value: { 'Fn::GetAtt': ['HttpApi', 'ApiEndpoint'] } },
    }),
    ...Object.fromEntries(
      urls.map(({ id }) => [
        `${ids.get(id)}Url`,
        { Description: `The address of ${tailOf(id)}`, Value: { 'Fn::GetAtt': [`${ids.get(id)}Url`, 'FunctionUrl'] } },
      ]),
    ),
  }
}

const PSEUDO = { region: '${AWS::Region}', account: '${AWS::AccountId}', partition: '${AWS::Partition}' }

interface Speller {
  /** The tree in the words of a template; what needs none is shared with the given one. */
  readonly spell: (tree: Tree) => Tree
  /** Whether one of the trees held a secret. */
  hasSecrets: boolean
}

// References and what only the account knows, in the long form that needs no YAML tags. Secrets are only looked for: what
// they are called depends on all of them. Each part by itself: what holds a change is copied, and all of them together would be.
function createSpeller(ids: ReadonlyMap<Id, string>): Speller {
  const spelling: Replace = {
    mark: '<sls:',
    text: spellPseudo,
    map(node) {
      if (isRef(node)) return spellRef(node, ids)
      speller.hasSecrets ||= isSecret(node)
      return node
    },
  }
  const speller: Speller = { spell: (tree) => replaceIn(tree, spelling), hasSecrets: false }
  return speller
}

function spellRef({ $ref, field }: Ref, ids: ReadonlyMap<Id, string>): Tree {
  const id = ids.get($ref)
  return field === 'Arn' ? { 'Fn::GetAtt': [id, 'Arn'] } : { Ref: id }
}

function spellPseudo(text: string): unknown {
  const filled = fillPlaceholders(text, PSEUDO)
  return filled === text ? text : { 'Fn::Sub': filled }
}

const SECTIONS = new Set([
  'Resources',
  'Outputs',
  'Parameters',
  'Conditions',
  'Mappings',
  'Globals',
  'Metadata',
  'Rules',
])

// Raw resources by name, or a part of the whole template.
/** What stands under `resources.aws`, with its sections. */
export function fragment(given: unknown): Tree {
  if (!isMap(given)) return {}
  const keys = Object.keys(given)
  return keys.length > 0 && keys.every((key) => SECTIONS.has(key)) ? given : { Resources: given }
}

function withParameters(template: Tree): Tree {
  const secrets = secretsIn(template)
  if (secrets.length === 0) return template
  const names = logicalNames(secrets)
  const Parameters = Object.fromEntries(
    secrets.map((secret) => [
      names.get(secret) as string,
      { Type: 'String', NoEcho: true, Description: `The secret ${secret}` },
    ]),
  )
  const { AWSTemplateFormatVersion, Transform, Description, ...rest } = template
  const spelled = spellSecrets(rest, (text) => spellSecret(text, names)) as Tree
  return {
    AWSTemplateFormatVersion,
    Transform,
    ...(Description !== undefined && { Description }),
    ...mergeTree({ Parameters }, spelled),
  }
}

function spellSecret({ $secret }: SecretText, names: ReadonlyMap<string, string>): unknown {
  const parts = $secret.map((part) => (typeof part === 'string' ? part : { Ref: names.get(part.name) }))
  return parts.length === 1 ? parts[0] : { 'Fn::Join': ['', parts] }
}
