import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Ajv, type ValidateFunction } from 'ajv'

const load = createRequire(import.meta.url)

type Type = { readonly name: string; readonly isList: boolean; readonly isOptional: boolean }

/**
 * What is wrong with the parameters of a call by the vendor's own declarations: fields that they do not have, values of
 * other types, and fields that they call required. Where the contracts are at hand they are asked too.
 */
export function checkParams(action: string, params: Readonly<Record<string, unknown>>): string[] {
  const name = `${action}Request`
  const declared = models().has(name) ? checkModel(action, params, name) : []
  return [...declared, ...checkContract(action, params)]
}

/** The codes that the vendor lists for an action; undefined where the contracts are not at hand. */
export function codesOf(action: string): readonly string[] | undefined {
  if (!existsSync(contracts)) return undefined
  errors ??= JSON.parse(readFileSync(join(contracts, 'scf-v20180416.errors.json'), 'utf8')) as ErrorList
  return errors.actions[action]
}

const contracts = join(
  process.env['ANYFAAS_CONTRACTS'] ?? join(import.meta.dirname, '../../../../shared/contracts'),
  'tencent',
)

interface ErrorList {
  readonly actions: Readonly<Record<string, readonly string[]>>
}
let errors: ErrorList | undefined

let known: ReadonlyMap<string, ReadonlyMap<string, Type>> | undefined

function models(): ReadonlyMap<string, ReadonlyMap<string, Type>> {
  known ??= readModels()
  return known
}

// The package has types and nothing that checks them at run time.
function readModels(): Map<string, Map<string, Type>> {
  const folder = join(load.resolve('tencentcloud-sdk-nodejs-scf'), '../services/scf/v20180416')
  const text = readFileSync(join(folder, 'scf_models.d.ts'), 'utf8').replace(/\/\*\*[\s\S]*?\*\//g, '')
  const found = new Map<string, Map<string, Type>>()
  for (const [, name = '', body = ''] of text.matchAll(/export interface (\w+) \{([^}]*)\}/g)) {
    const fields = [...body.matchAll(/(\w+)(\??): (?:Array<)?(\w+)(>?);/g)].map(
      ([, field = '', optional, type = '', list]) =>
        [field, { name: type, isList: list === '>', isOptional: optional === '?' }] as const,
    )
    found.set(name, new Map(fields))
  }
  return found
}

function checkModel(path: string, value: unknown, name: string): string[] {
  if (!isMap(value)) return [`${path} is no map`]
  const fields = models().get(name)
  if (!fields) throw new Error(`the vendor has no model ${name}`)
  const problems = Object.entries(value).flatMap(([field, item]) => {
    const type = fields.get(field)
    if (!type) return [`${path}.${field} is unknown`]
    if (!type.isList) return checkValue(`${path}.${field}`, item, type.name)
    if (!Array.isArray(item)) return [`${path}.${field} is no list`]
    return item.flatMap((one, index) => checkValue(`${path}.${field}.${index}`, one, type.name))
  })
  const missing = [...fields].filter(([field, { isOptional }]) => !isOptional && value[field] === undefined)
  return [...problems, ...missing.map(([field]) => `${path}.${field} is required`)]
}

function checkValue(path: string, value: unknown, type: string): string[] {
  if (models().has(type)) return checkModel(path, value, type)
  const primitive = type === 'bigint' ? 'number' : type
  return primitive === 'any' || typeof value === primitive ? [] : [`${path} is no ${type}`]
}

const SCHEMAS = ['scf-v20180416', 'cls-v20201016', 'sts-v20180813'] as const
let checks: ReadonlyMap<string, ValidateFunction> | undefined

function checkContract(action: string, params: unknown): string[] {
  if (!existsSync(contracts)) return []
  checks ??= readContracts()
  const validate = checks.get(action)
  if (!validate || validate(params)) return []
  return (validate.errors ?? []).map((problem) => `${action}${problem.instancePath} ${problem.message}`)
}

function readContracts(): Map<string, ValidateFunction> {
  const found = new Map<string, ValidateFunction>()
  for (const name of SCHEMAS) {
    const { $defs } = JSON.parse(readFileSync(join(contracts, `${name}.schemas.json`), 'utf8')) as { $defs: object }
    const ajv = new Ajv({ strict: false, allErrors: true, logger: false, validateFormats: false })
    for (const action of ACTIONS.filter((one) => `${one}Request` in $defs))
      found.set(action, ajv.compile({ $ref: `#/$defs/${action}Request`, $defs }))
  }
  return found
}

// Compiling takes its time, so only what is called is compiled.
const ACTIONS = [
  ...['CreateFunction', 'UpdateFunctionCode', 'UpdateFunctionConfiguration', 'CreateTrigger', 'UpdateTrigger'],
  ...['CreateCustomDomain', 'UpdateCustomDomain', 'UpdateFunctionEventInvokeConfig', 'CreateAlias', 'UpdateAlias'],
  ...['PutReservedConcurrencyConfig', 'PublishVersion', 'UpdateTriggerStatus', 'DeleteTrigger', 'Invoke', 'SearchLog'],
  'CreateDeliverCloudFunction',
]

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
