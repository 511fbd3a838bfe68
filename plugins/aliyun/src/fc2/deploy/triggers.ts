import { ACCOUNT, error, type Resource, SlsError, type Tree } from '@anyfaas/kit'
import { named, SERVICE } from './refs.ts'
import { apiWords } from './words.ts'

/** An event of the template as a trigger of the API. Throws SLS3001 for a type that the API does not have. */
export function triggerSpec({ spec, at }: Resource, region: string): Tree {
  const { FunctionName, TriggerName, Type, Properties } = spec as Tree
  const { invocationRole, qualifier, ...config } = apiWords(Properties ?? {}) as Tree
  const make = TYPES[String(Type)]
  if (!make)
    throw new SlsError(
      error('SLS3001', `${Type} triggers of edition 2.0 are made by the vendor's resource templates only`, {
        ...(at !== undefined && { pointer: at }),
        help: ['sls translate --provider aliyun makes the template', 'or use edition 3.0'],
      }),
    )
  return {
    serviceName: SERVICE,
    functionName: named(FunctionName),
    triggerName: TriggerName,
    ...make(config, region),
    ...(invocationRole !== undefined && { invocationRole }),
    ...(qualifier !== undefined && { qualifier }),
  }
}

type Make = (config: Tree, region: string) => { triggerType: string; sourceArn?: string; triggerConfig: Tree }

// https://www.alibabacloud.com/help/en/functioncompute/fc-2-0/developer-reference/api-fc-2016-08-15-createtrigger
const TYPES: Readonly<Record<string, Make>> = {
  HTTP: ({ authType, ...config }) => ({
    triggerType: 'http',
    triggerConfig: { ...config, authType: String(authType ?? 'ANONYMOUS').toLowerCase() },
  }),
  Timer: (config) => ({ triggerType: 'timer', triggerConfig: config }),
  OSS: ({ bucketName, ...config }, region) => ({
    triggerType: 'oss',
    sourceArn: `acs:oss:${region}:${ACCOUNT}:${bucketName}`,
    triggerConfig: config,
  }),
  Log: (config, region) => ({
    triggerType: 'log',
    sourceArn: `acs:log:${region}:${ACCOUNT}:project/${((config['logConfig'] ?? {}) as Tree)['project']}`,
    triggerConfig: { functionParameter: {}, ...config },
  }),
  MNSTopic: ({ topicName, region: own, ...config }, region) => ({
    triggerType: 'mns_topic',
    sourceArn: `acs:mns:${own ?? region}:${ACCOUNT}:/topics/${topicName}`,
    triggerConfig: config,
  }),
  CDN: (config) => ({ triggerType: 'cdn_events', sourceArn: `acs:cdn:*:${ACCOUNT}`, triggerConfig: config }),
  TableStore: ({ instanceName, tableName }, region) => ({
    triggerType: 'tablestore',
    sourceArn: `acs:ots:${region}:${ACCOUNT}:instance/${instanceName}/table/${tableName}`,
    triggerConfig: {},
  }),
}
