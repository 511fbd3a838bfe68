import { error, isMap, type Resource, SlsError, type Tree } from '@anyfaas/kit'
import { logTopic } from './log-topic.ts'
import type { TriggerType } from './trigger-type.ts'

/** A trigger of the component as the driver moves it. Throws SLS3001 for what cannot be deployed. */
export function triggerSpec(resource: Resource, functionName: unknown, namespace: unknown): Tree {
  const { type, parameters } = resource.spec as { readonly type: string; readonly parameters: Tree }
  const found = Object.hasOwn(TRIGGERS, type) ? TRIGGERS[type] : undefined
  if (!found) throw new SlsError(notDeployed(resource, `the ${type} trigger`))
  const known = new Set([...found.words, 'name', 'qualifier'])
  const unknown = Object.keys(parameters).filter((word) => !known.has(word))
  if (unknown.length > 0) throw new SlsError(unknown.map((word) => notDeployed(resource, `"${word}"`)))
  if (found.changes === 'none' && parameters['enable'] === false)
    throw new SlsError(notDeployed(resource, '"enable: false"'))
  const { name, open, fixed } = found.describe(parameters)
  return {
    FunctionName: functionName,
    Namespace: namespace,
    Type: type,
    TriggerName: name,
    Qualifier: parameters['qualifier'] ?? '$DEFAULT',
    Enable: parameters['enable'] !== false,
    CustomArgument: parameters['argument'] ?? '',
    Description: parameters['description'] ?? '',
    Open: open,
    Fixed: fixed,
  }
}

/** A trigger's spec in the words of CreateTrigger. */
export function toCreateTrigger(spec: Tree): Tree {
  const { CustomArgument, Description, Enable } = spec
  return {
    ...nameOfTrigger(spec),
    Enable: switchFor(Enable),
    TriggerDesc: describeTrigger(spec),
    ...(CustomArgument !== '' && { CustomArgument }),
    ...(Description !== '' && { Description }),
  }
}

export function nameOfTrigger({ FunctionName, Namespace, TriggerName, Type, Qualifier }: Tree): Tree {
  return { FunctionName, Namespace, TriggerName, Type, Qualifier }
}

export function describeTrigger({ Type, Open, Fixed }: Tree): string {
  return TRIGGERS[String(Type)]?.send(Open, Fixed as Tree) ?? String(Open)
}

export function switchFor(isOn: unknown): string {
  return isOn === false ? 'CLOSE' : 'OPEN'
}

/** By what a trigger of a function is known again. One function has one URL for a qualifier, whatever its name. */
export function triggerKey({ Type, TriggerName, Fixed }: Tree): string {
  return Type === 'http' ? 'http' : `${Type}/${TriggerName}${Type === 'cos' ? `/${JSON.stringify(Fixed)}` : ''}`
}

const SHARED = ['enable', 'description'] as const

export const TRIGGERS: Readonly<Record<string, TriggerType>> = {
  timer: {
    words: ['cronExpression', 'argument', ...SHARED],
    describe: ({ name, cronExpression }) => ({ name, open: cronExpression, fixed: {} }),
    // Sent as text, told as a map.
    read: (told) => ({ open: isMap(told) ? told['cron'] : told, fixed: {} }),
    send: (open) => String(open),
    changes: 'all',
  },
  http: {
    words: ['authType', 'netConfig', 'corsConfig', ...SHARED],
    describe: ({ name, authType, netConfig, corsConfig }) => ({
      name,
      open: { AuthType: authType, NetConfig: netOf(netConfig as Tree), CorsConfig: corsOf(corsConfig as Tree) },
      fixed: {},
    }),
    read: (told) => {
      const { AuthType, NetConfig, CorsConfig } = told as Tree
      const { EnableIntranet = false, EnableExtranet = false } = (NetConfig ?? {}) as Tree
      const cors = isMap(CorsConfig) && CorsConfig['Enable'] === true ? CorsConfig : { Enable: false }
      return { open: { AuthType, NetConfig: { EnableIntranet, EnableExtranet }, CorsConfig: cors }, fixed: {} }
    },
    send: (open) => JSON.stringify(open),
    changes: 'all',
  },
  cos: {
    words: ['bucket', 'events', 'filter', ...SHARED],
    describe: ({ bucket, events, filter }) => {
      const { prefix = '', suffix = '' } = (filter ?? {}) as Tree
      return { name: bucket, open: {}, fixed: { event: events, filter: { Prefix: prefix, Suffix: suffix } } }
    },
    read: (told) => {
      const { event, filter } = told as Tree
      const { Prefix = '', Suffix = '' } = (filter ?? {}) as Tree
      return { open: {}, fixed: { event, filter: { Prefix, Suffix } } }
    },
    send: (_, fixed) => JSON.stringify(fixed),
    changes: 'switch',
    isAlone: true,
  },
  ckafka: {
    words: ['instanceId', 'topic', 'maxMsgNum', 'offset', 'retry', 'timeout', 'consumerGroupName', ...SHARED],
    describe: ({ instanceId, topic, maxMsgNum, offset, retry, timeout, consumerGroupName = '' }) => ({
      name: `${instanceId}-${topic}`,
      open: { maxMsgNum: Number(maxMsgNum), retry: Number(retry), timeOut: Number(timeout) },
      fixed: { offset: String(offset), consumerGroupName },
    }),
    read: (told) => {
      const { maxMsgNum, retry, timeOut, offset, consumerGroupName } = told as Tree
      return {
        open: { maxMsgNum: Number(maxMsgNum), retry: Number(retry), timeOut: Number(timeOut) },
        fixed: { offset: String(offset), consumerGroupName: consumerGroupName ?? '' },
      }
    },
    send: (open, fixed) => JSON.stringify({ ...(open as Tree), ...fixed }),
    changes: 'all',
  },
  cls: logTopic,
}

function netOf({ enableIntranet = false, enableExtranet = false }: Tree): Tree {
  return { EnableIntranet: enableIntranet, EnableExtranet: enableExtranet }
}

function corsOf(given: Tree | undefined): Tree {
  if (given === undefined || given['enable'] === false) return { Enable: false }
  const said = Object.entries(CORS).filter(([word]) => given[word] !== undefined)
  return { Enable: true, ...Object.fromEntries(said.map(([word, name]) => [name, given[word]])) }
}

const CORS: Readonly<Record<string, string>> = {
  origins: 'Origins',
  headers: 'Headers',
  methods: 'Methods',
  exposeHeaders: 'ExposeHeaders',
  maxAge: 'MaxAge',
  credentials: 'Credentials',
}

function notDeployed({ id, at }: Resource, what: string): ReturnType<typeof error> {
  return error('SLS3001', `${what} of ${id} cannot be deployed by sls`, {
    ...(at !== undefined && { pointer: at, on: 'key' as const }),
    help: ["leave it out, or use the vendor's tool with what sls package --provider tencent makes"],
  })
}
