import type { Tree } from '@anyfaas/kit'

/** A function of the component in the words of the API action CreateFunction, without its code. */
export function functionRequest(spec: Tree): Tree {
  const out: Tree = { Namespace: 'default', Type: spec['type'] === 'web' ? 'HTTP' : 'Event' }
  for (const [key, word] of Object.entries(FUNCTION)) if (spec[key] !== undefined) out[word] = spec[key]
  for (const [key, convert] of Object.entries(CONVERTED))
    if (spec[key] !== undefined) Object.assign(out, convert(spec[key] as never))
  return out
}

/** A trigger of the component in the words of the API action CreateTrigger, for a function by its deployed name. */
export function triggerRequest(type: string, parameters: Tree, functionName: string): Tree {
  const describe = DESCRIBED[type]
  return {
    FunctionName: functionName,
    Namespace: 'default',
    Type: type,
    Qualifier: parameters['qualifier'],
    Enable: parameters['enable'] === false ? 'CLOSE' : 'OPEN',
    ...(describe?.(parameters) ?? { TriggerName: parameters['name'] }),
  }
}

const FUNCTION: Readonly<Record<string, string>> = {
  name: 'FunctionName',
  description: 'Description',
  runtime: 'Runtime',
  handler: 'Handler',
  memorySize: 'MemorySize',
  timeout: 'Timeout',
  initTimeout: 'InitTimeout',
  role: 'Role',
}

interface Pair {
  readonly key: string
  readonly value: unknown
}

const CONVERTED: Readonly<Record<string, (value: never) => Tree>> = {
  environments: (pairs: readonly Pair[]) => ({
    Environment: { Variables: pairs.map(({ key, value }) => ({ Key: key, Value: value })) },
  }),
  tags: (pairs: readonly Pair[]) => ({ Tags: pairs.map(({ key, value }) => ({ Key: key, Value: value })) }),
  vpc: ({ vpcId, subnetId }: Tree) => ({ VpcConfig: { VpcId: vpcId, SubnetId: subnetId } }),
  cls: ({ logsetId, topicId }: Tree) => ({ ClsLogsetId: logsetId, ClsTopicId: topicId }),
  layers: (layers: readonly Tree[]) => ({
    Layers: layers.map(({ name, version }) => ({ LayerName: name, LayerVersion: version })),
  }),
  publicAccess: (isOpen: boolean) => ({ PublicNetConfig: { PublicNetStatus: isOpen ? 'ENABLE' : 'DISABLE' } }),
  instanceConcurrencyConfig: ({ maxConcurrency }: Tree) => ({
    InstanceConcurrencyConfig: { DynamicEnabled: 'FALSE', MaxConcurrency: maxConcurrency },
  }),
  image: ({ imageType, imageUrl, registryId, command, args }: Tree) => ({
    Code: {
      ImageConfig: {
        ImageType: imageType,
        ImageUri: imageUrl,
        ...(registryId !== undefined && { RegistryId: registryId }),
        ...(command !== undefined && { Command: command }),
        ...(args !== undefined && { Args: args }),
      },
    },
  }),
}

// https://cloud.tencent.com/document/product/583/39901
const DESCRIBED: Readonly<Record<string, (parameters: Tree) => Tree>> = {
  timer: ({ name, cronExpression, argument }) => ({
    TriggerName: name,
    TriggerDesc: cronExpression,
    ...(argument !== undefined && { CustomArgument: argument }),
  }),
  http: ({ name, authType, netConfig }) => {
    const { enableExtranet, enableIntranet } = netConfig as Tree
    return {
      TriggerName: name,
      TriggerDesc: JSON.stringify({
        AuthType: authType,
        NetConfig: { EnableIntranet: enableIntranet, EnableExtranet: enableExtranet },
      }),
    }
  },
  cos: ({ bucket, events, filter }) => {
    const { prefix = '', suffix = '' } = (filter ?? {}) as Tree
    return {
      TriggerName: bucket,
      TriggerDesc: JSON.stringify({ event: events, filter: { Prefix: prefix, Suffix: suffix } }),
    }
  },
  ckafka: ({ instanceId, topic, maxMsgNum, offset, retry, timeout, consumerGroupName = '' }) => ({
    TriggerName: `${instanceId}-${topic}`,
    TriggerDesc: JSON.stringify({ maxMsgNum, offset, retry, timeOut: timeout, consumerGroupName }),
  }),
}
