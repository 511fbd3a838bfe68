import { isMap, type Tree } from '@anyfaas/kit'

/** What CreateFunction takes for a setting that is not given: one that is taken out of the file goes back to this. */
export const DEFAULTS: Tree = {
  PackageType: 'Zip',
  Description: '',
  MemorySize: 128,
  Timeout: 3,
  Environment: { Variables: {} },
  Layers: [],
  VpcConfig: { SubnetIds: [], SecurityGroupIds: [] },
  Architectures: ['x86_64'],
  EphemeralStorage: { Size: 512 },
  TracingConfig: { Mode: 'PassThrough' },
  DeadLetterConfig: { TargetArn: '' },
  FileSystemConfigs: [],
  KMSKeyArn: '',
  SnapStart: { ApplyOn: 'None' },
  LoggingConfig: { LogFormat: 'Text' },
}

/** Settings that stand for nothing: an update clears with them, a creation leaves them out. */
export const EMPTY: Tree = {
  ...Object.fromEntries(
    ['Layers', 'VpcConfig', 'DeadLetterConfig', 'FileSystemConfigs', 'KMSKeyArn', 'SnapStart', 'Environment'].map(
      (key) => [key, DEFAULTS[key]],
    ),
  ),
  Description: '',
}

export const FIELDS = [
  ...Object.keys(DEFAULTS),
  'FunctionName',
  'Role',
  'Runtime',
  'Handler',
  'Code',
  'ImageConfig',
  'Tags',
]

/** The platform's answer in the words of CreateFunction, without what nobody set. */
export function readFunction(live: Tree): Tree {
  const { Environment, Layers, VpcConfig, SnapStart, LoggingConfig, ImageConfigResponse, ...rest } = live
  const told = Object.fromEntries(Object.entries(rest).filter(([key, value]) => FIELDS.includes(key) && !isVoid(value)))
  const { SubnetIds = [], SecurityGroupIds = [] } = (VpcConfig ?? {}) as Tree
  const { ImageConfig } = (ImageConfigResponse ?? {}) as Tree
  return {
    ...told,
    Environment: { Variables: ((Environment ?? {}) as Tree)['Variables'] ?? {} },
    Layers: ((Layers ?? []) as readonly Tree[]).map(({ Arn }) => Arn),
    VpcConfig: { SubnetIds, SecurityGroupIds },
    SnapStart: { ApplyOn: ((SnapStart ?? {}) as Tree)['ApplyOn'] ?? 'None' },
    LoggingConfig: {
      LogFormat: 'Text',
      LogGroup: `/aws/lambda/${live['FunctionName']}`,
      ...(isMap(LoggingConfig) &&
        Object.fromEntries(Object.entries(LoggingConfig).filter(([, value]) => !isVoid(value)))),
    },
    ...(!isVoid(ImageConfig) && { ImageConfig }),
  }
}

function isVoid(value: unknown): boolean {
  return value === null || value === undefined || (isMap(value) && Object.keys(value).length === 0)
}
