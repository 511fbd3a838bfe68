import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv, type ValidateFunction } from 'ajv'
import { toCreate } from '../../plugins/tencent/src/scf/deploy/settings.ts'
import { toCreateTrigger, triggerSpec } from '../../plugins/tencent/src/scf/deploy/triggers.ts'
import { functionSpec } from '../../plugins/tencent/src/scf/deploy/words.ts'
import { isRef, type Resource, resolveRefs, type SpecFile, type Tree } from '../../src/kit/src/index.ts'

/** The vendors' own contracts, where they are at hand: a folder beside the project, or the one that ANYFAAS_CONTRACTS names. */
const root = process.env['ANYFAAS_CONTRACTS'] ?? join(import.meta.dirname, '../../../shared/contracts')

export const hasContracts = existsSync(root)

/** What a translation breaks of its vendor's contract, by target. */
export type Check = (resources: readonly Resource[], files: readonly SpecFile[]) => readonly string[]

let checks: Readonly<Record<string, Check>> | undefined

export function loadChecks(): Readonly<Record<string, Check>> {
  checks ??= { 'aliyun-3.0': fc3(), 'aliyun-2.0': fc2(), aws: sam(), tencent: scf() }
  return checks
}

function read(path: string): Tree {
  return JSON.parse(readFileSync(join(root, path), 'utf8'))
}

function makeAjv(): Ajv {
  return new Ajv({ strict: false, allErrors: true, logger: false, validateFormats: false })
}

function dataOf([file]: readonly SpecFile[]): Tree {
  return (file?.data ?? {}) as Tree
}

function explain(validate: ValidateFunction, value: unknown, name: string): string[] {
  if (validate(value)) return []
  return (validate.errors ?? []).map(
    (problem) => `${name}${problem.instancePath} ${problem.message} ${JSON.stringify(problem.params)}`,
  )
}

// Gap: jobConfig is text in the component's schema, numbers in the API and in the vendor's own examples.
function fc3(): Check {
  const schema = read('aliyun/sdevs/fc3.schema.json')
  const job = (schema['definitions'] as Record<string, Tree>)['ILogTriggerConfig'] as {
    properties: { jobConfig: Tree }
  }
  job.properties.jobConfig = {
    type: 'object',
    properties: { maxRetryTime: { type: 'integer' }, triggerInterval: { type: 'integer' } },
  }
  const component = makeAjv().compile(schema)
  const triggers = read('aliyun/triggers/fc3-triggerConfig.schema.json') as {
    triggerTypes: Record<string, object>
    definitions: object
  }
  const configs = new Map(
    Object.entries(triggers.triggerTypes).map(([type, part]) => [
      type,
      makeAjv().compile(closed({ ...part, definitions: triggers.definitions })),
    ]),
  )
  const api = makeAjv().compile({ $ref: '#/definitions/CreateCustomDomainInput', definitions: triggers.definitions })
  return (_, files) => {
    const components = Object.entries(dataOf(files)['resources'] as Record<string, { component: string; props: Tree }>)
    return components.flatMap(([name, part]) => {
      if (part.component === 'fc3-domain') return explain(api, forDomainApi(part.props), name)
      if (part.component !== 'fc3') return []
      const own = (part.props['triggers'] ?? []) as { triggerType: string; triggerConfig: Tree }[]
      const wrong = own.flatMap(({ triggerType, triggerConfig }) =>
        explain(configs.get(triggerType) as ValidateFunction, forApi(triggerConfig), `${name}.${triggerType}`),
      )
      return [...explain(component, part.props, name), ...wrong]
    })
  }
}

// The component fetches a certificate that is given by its id; the API takes the content.
function forDomainApi({ certConfig, ...props }: Tree): Tree {
  return certConfig && !('certId' in (certConfig as Tree)) ? { ...props, certConfig } : props
}

// The API takes the key set of a token as text.
function forApi(config: Tree): Tree {
  return 'authConfig' in config ? { ...config, authConfig: JSON.stringify(config['authConfig']) } : config
}

// The contract names every word, and lets others pass; here they may not. Words that newer pages have stand in EXTRA.
function closed(schema: object): object {
  const definitions = Object.entries((schema as { definitions: Record<string, Tree> }).definitions).map(
    ([name, part]) => {
      const extra = EXTRA[name] ?? {}
      const properties = part['properties'] && { ...(part['properties'] as Tree), ...extra }
      return [
        name,
        properties && part['additionalProperties'] === undefined
          ? { ...part, properties, additionalProperties: false }
          : part,
      ]
    },
  )
  return { ...schema, definitions: Object.fromEntries(definitions) }
}

// Gap: `mode` of the delivery is in the 2.0 contract and in the vendor's examples, not in this copy.
const EXTRA: Readonly<Record<string, Tree>> = {
  DeliveryOption: { mode: { type: 'string' } },
  Filter: { key: { type: 'object' } },
}

// Gaps of the schema, which is older than the platform: runtimes since 2021, the methods PATCH and OPTIONS.
function fc2(): Check {
  const ajv = makeAjv()
  const folder = 'aliyun-ros/validate-schema'
  for (const name of readdirSync(join(root, folder))) {
    const text = readFileSync(join(root, folder, name), 'utf8')
      .replace(/"enum":\s*\["nodejs6"[^\]]*\]/, '"type": "string"')
      .replace(
        /\["GET", ?"POST", ?"PUT", ?"DELETE", ?"HEAD"\]/,
        '["GET","POST","PUT","DELETE","HEAD","PATCH","OPTIONS"]',
      )
    const schema = JSON.parse(text)
    if (name === 'function.json') widenRuntimes(schema)
    if (name === 'http-event.json')
      schema.properties.Properties.properties.Methods.items.enum = [
        'GET',
        'POST',
        'PUT',
        'DELETE',
        'HEAD',
        'PATCH',
        'OPTIONS',
      ]
    ajv.addSchema(schema)
  }
  const validate = ajv.getSchema('/ROS') as ValidateFunction
  return (_, files) => explain(validate, dataOf(files), 'template')
}

function widenRuntimes(schema: { properties: { Properties: { oneOf: { properties: { Runtime: Tree } }[] } } }): void {
  const [managed] = schema.properties.Properties.oneOf
  if (managed) managed.properties.Runtime = { type: 'string', not: { const: 'custom-container' } }
}

function sam(): Check {
  const validate = makeAjv().compile(withoutDialect(read('aws/sam/sam.schema.json')))
  return (_, files) => explain(validate, dataOf(files), 'template')
}

// Written for draft 4, and says nothing that differs since.
function withoutDialect({ $schema: _, ...schema }: Tree): Tree {
  return schema
}

function scf(): Check {
  const { $defs } = read('tencent/scf-v20180416.schemas.json')
  const validator = (name: string) => makeAjv().compile({ $ref: `#/$defs/${name}`, $defs })
  const [fn, trigger, domain, reservation] = [
    'CreateFunction',
    'CreateTrigger',
    'CreateCustomDomain',
    'PutReservedConcurrencyConfig',
  ].map((action) => validator(`${action}Request`)) as [
    ValidateFunction,
    ValidateFunction,
    ValidateFunction,
    ValidateFunction,
  ]
  return (resources, files) => {
    const byId = new Map(resources.map((resource) => [resource.id, resource]))
    const reserved = files.find(({ path }) => path === 'reserved-concurrency.json')?.data
    const problems = ((reserved ?? []) as Tree[]).flatMap((request) => explain(reservation, request, 'reserved'))
    return [
      ...problems,
      ...resources.flatMap(({ id, type, spec }) => {
        if (type === 'scf:function')
          return explain(fn, { ...toCreate(functionSpec({ id, type, spec: spellOut(spec) })), Code: {} }, id)
        if (type === 'scf:custom-domain') return explain(domain, resolveRefs(spec, byId), id)
        const { type: kind, function: target } = spec as Tree
        // Log triggers are tasks of the log service, made by its own API.
        if (kind === 'cls' || !isRef(target)) return []
        return explain(trigger, toCreateTrigger(triggerSpec({ id, type, spec }, 'name', 'default')), id)
      }),
    ]
  }
}

// A secret is text by the time of the call.
function spellOut(spec: object): Tree {
  return JSON.parse(
    JSON.stringify(spec, (_, value) =>
      typeof value === 'object' && value !== null && '$secret' in value ? 'secret' : value,
    ),
  )
}
