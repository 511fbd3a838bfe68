import { type Diagnostic, error, isRef, type Resource, SlsError, type Tree } from '@anyfaas/kit'

/**
 * Throws SLS3001, one for each trigger of another product that names no role: that product calls the function in the name of
 * one. Each says what the role has to allow, and nothing more, as documents to paste.
 * `functionArns` are all the names by which the platform knows a function.
 */
export function checkTriggerRoles(resources: readonly Resource[], functionArns: (fn: Tree) => readonly string[]): void {
  const specs = new Map(resources.map(({ id, spec }) => [id, spec as Tree]))
  const problems = resources.flatMap(({ spec, at }): readonly Diagnostic[] => {
    const { triggerType, triggerName, functionName, invocationRole, sourceArn } = spec as Tree
    const product = PRODUCTS[String(triggerType)]
    if (!product || invocationRole) return []
    const fn = isRef(functionName) ? specs.get(functionName.$ref) : undefined
    if (!fn) throw new Error(`a trigger without its function: ${triggerName}`)
    const policy = [allow(['fc:InvokeFunction'], functionArns(fn)), ...product.rights(String(sourceArn))]
    return [
      error('SLS3001', `the trigger "${triggerName}" needs a role that ${product.title} takes to call the function`, {
        ...(at !== undefined && { pointer: at, on: 'key' as const }),
        notes: [
          { message: `who may take the role: ${documentOf([product.trust])}` },
          { message: `what the role may do: ${documentOf(policy)}` },
        ],
        help: ['make such a role in RAM, then name it on the event: role: acs:ram::ACCOUNT:role/NAME'],
      }),
    ]
  })
  if (problems.length > 0) throw new SlsError(problems)
}

interface Product {
  readonly title: string
  readonly trust: object
  /** What it needs besides calling the function. */
  readonly rights: (sourceArn: string) => readonly object[]
}

const PRODUCTS: Readonly<Record<string, Product>> = {
  oss: { title: 'OSS', trust: trusted({ Service: ['oss.aliyuncs.com'] }), rights: () => [] },
  mns_topic: { title: 'MNS', trust: trusted({ Service: ['mns.aliyuncs.com'] }), rights: () => [] },
  cdn_events: { title: 'CDN', trust: trusted({ Service: ['cdn.aliyuncs.com'] }), rights: () => [] },
  log: {
    title: 'the log service',
    trust: trusted({ Service: ['log.aliyuncs.com'] }),
    // https://www.alibabacloud.com/help/en/fc/user-guide/configure-a-log-service-trigger
    rights: (project) => [
      allow(
        [
          ...['log:Get*', 'log:List*', 'log:PostLogStoreLogs', 'log:CreateConsumerGroup', 'log:UpdateConsumerGroup'],
          ...['log:DeleteConsumerGroup', 'log:ConsumerGroupHeartBeat', 'log:ConsumerGroupUpdateCheckPoint'],
        ],
        [project, `${project}/*`],
      ),
    ],
  },
  tablestore: {
    title: 'Tablestore',
    // Tablestore's own account: https://www.alibabacloud.com/help/en/fc/user-guide/tablestore-trigger
    trust: trusted({ RAM: ['acs:ram::1604337383174619:root'] }),
    rights: (table) => [allow(['ots:BatchGet*', 'ots:Describe*', 'ots:Get*', 'ots:List*'], [table, `${table}*`])],
  },
}

function trusted(principal: object): object {
  return { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: principal }
}

function allow(actions: readonly string[], resources: readonly string[]): object {
  return { Effect: 'Allow', Action: actions, Resource: resources }
}

function documentOf(statements: readonly object[]): string {
  return JSON.stringify({ Version: '1', Statement: statements })
}
