import { Refusal } from '../refusal.ts'

interface Statement {
  readonly Effect: string
  readonly Action: string | readonly string[]
  readonly Resource?: string | readonly string[]
  readonly Principal?: Readonly<Record<string, readonly string[]>>
}

/** Throws for a trust policy that the platform would not take. https://www.alibabacloud.com/help/en/ram/user-guide/policy-structure-and-syntax */
export function checkTrust(document: string): void {
  for (const { Action, Principal, Resource, ...rest } of statementsIn(document)) {
    const kinds = Object.entries(Principal ?? {})
    const isGood =
      rest.Effect === 'Allow' &&
      Object.keys(rest).length === 1 &&
      Action === 'sts:AssumeRole' &&
      Resource === undefined &&
      kinds.length === 1 &&
      kinds.every(([kind, names]) => Array.isArray(names) && names.every((name) => PRINCIPALS[kind]?.test(name)))
    if (!isGood) throw malformed(document)
  }
}

/** Throws for a policy that the platform would not take. */
export function checkPermissions(document: string): void {
  if (document.length > 6144)
    throw new Refusal(400, 'InvalidParameter.PolicyDocument.Length', 'more than 6,144 characters')
  for (const { Effect, Action, Resource, ...rest } of statementsIn(document)) {
    const isGood =
      /^(Allow|Deny)$/.test(Effect) &&
      Object.keys(rest).every((key) => key === 'Condition') &&
      listOf(Action).every((one) => /^([a-z]+:[\w*]+|\*)$/i.test(one)) &&
      listOf(Resource ?? '').every((one) => /^(\*|acs:[a-z]+:[^:]*:[^:]*:.+)$/.test(one))
    if (!isGood) throw malformed(document)
  }
}

/** Whether a trust policy lets somebody take the role. */
export function takes(document: string, principal: string): boolean {
  return statementsIn(document).some(({ Principal }) =>
    Object.values(Principal ?? {})
      .flat()
      .includes(principal),
  )
}

/** Whether a policy allows an action on a thing. */
export function allows(document: string, action: string, resource: string): boolean {
  return statementsIn(document).some(
    ({ Effect, Action, Resource }) =>
      Effect === 'Allow' &&
      listOf(Action).some((one) => covers(one, action)) &&
      listOf(Resource ?? '').some((one) => covers(one, resource)),
  )
}

const PRINCIPALS: Readonly<Record<string, RegExp>> = {
  Service: /^[a-z0-9-]+(\.[a-z0-9-]+)*\.aliyuncs\.com$/,
  RAM: /^acs:ram::\d+:(root|user\/.+|role\/.+)$/,
  Federated: /^acs:ram::\d+:(saml|oidc)-provider\/.+$/,
}

function statementsIn(document: string): readonly Statement[] {
  let parsed: { Version?: unknown; Statement?: unknown }
  try {
    parsed = JSON.parse(document) as typeof parsed
  } catch {
    throw malformed(document)
  }
  const { Version, Statement, ...rest } = parsed
  if (Version !== '1' || !Array.isArray(Statement) || Statement.length === 0 || Object.keys(rest).length > 0)
    throw malformed(document)
  return Statement as readonly Statement[]
}

function covers(pattern: string, text: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`).test(text)
}

function listOf(one: string | readonly string[]): readonly string[] {
  return typeof one === 'string' ? [one] : one
}

function malformed(document: string): Refusal {
  return new Refusal(400, 'MalformedPolicyDocument', `The policy is not taken: ${document}`)
}
