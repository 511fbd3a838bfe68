import { isMap, type Tree } from '@anyfaas/kit'
import { tagList } from './tags.ts'

/** A setting of a function, by its name in the API. */
export interface Setting {
  /** When the file does not say. */
  readonly empty?: unknown
  /** The API has no call that changes it: the function is made anew. */
  readonly fixed?: true
  /** Said at creation even when it is empty: the platform's own default depends on other settings. */
  readonly always?: true
  /** What the platform told, in the words of a spec. */
  readonly read?: (told: unknown) => unknown
  /** A spec's value in the words of the API. Something empty has to be said in its own way: what is left out stays. */
  readonly send?: (value: never) => Tree
}

/** https://cloud.tencent.com/document/product/583/18586 and /18580: what of CreateFunction UpdateFunctionConfiguration lacks is fixed. */
export const SETTINGS: Readonly<Record<string, Setting>> = {
  Type: { empty: 'Event', fixed: true, always: true },
  Runtime: { fixed: true },
  Description: { empty: '' },
  MemorySize: { empty: 128 },
  Timeout: { empty: 3 },
  InitTimeout: { empty: 65 },
  Role: { empty: '' },
  Environment: {
    empty: {},
    read: (told) => pairs((told as Tree | null)?.['Variables']),
    send: (variables: Tree) => ({ Environment: { Variables: variablesOf(variables) } }),
  },
  VpcConfig: { empty: { VpcId: '', SubnetId: '' } },
  Cls: {
    empty: { LogsetId: '', TopicId: '' },
    send: ({ LogsetId, TopicId }: Tree) => ({ ClsLogsetId: LogsetId, ClsTopicId: TopicId }),
  },
  Layers: {
    empty: [],
    read: (told) =>
      ((told ?? []) as Tree[]).map(({ LayerName, LayerVersion }) => ({
        LayerName,
        LayerVersion: Number(LayerVersion),
      })),
    send: (layers: readonly Tree[]) => ({ Layers: layers.length > 0 ? layers : [{ LayerName: '', LayerVersion: 0 }] }),
  },
  PublicNetConfig: {
    empty: { PublicNetStatus: 'ENABLE', EipStatus: 'DISABLE' },
    always: true,
    read: (told) => {
      const { PublicNetStatus, EipConfig } = (told ?? {}) as Tree
      const eip = (EipConfig as Tree | undefined)?.['EipStatus']
      return { PublicNetStatus: PublicNetStatus ?? 'ENABLE', EipStatus: eip || 'DISABLE' }
    },
    send: ({ PublicNetStatus, EipStatus }: Tree) => ({
      PublicNetConfig: { PublicNetStatus, EipConfig: { EipStatus } },
    }),
  },
  CfsConfig: {
    empty: [],
    read: (told) => ((told as Tree | null)?.['CfsInsList'] ?? []) as unknown,
    send: (instances: readonly Tree[]) => ({ CfsConfig: { CfsInsList: instances } }),
  },
  InstanceConcurrencyConfig: {
    empty: {},
    read: (told) => {
      const { DynamicEnabled, MaxConcurrency, InstanceIsolationEnabled } = (told ?? {}) as Tree
      if (!DynamicEnabled) return {}
      return {
        DynamicEnabled,
        ...(Boolean(MaxConcurrency) && { MaxConcurrency }),
        ...(InstanceIsolationEnabled === 'TRUE' && { InstanceIsolationEnabled }),
      }
    },
    send: (given: Tree) => ({
      InstanceConcurrencyConfig: Object.keys(given).length > 0 ? given : { DynamicEnabled: '' },
    }),
  },
  InstallDependency: { empty: 'FALSE' },
  AsyncRunEnable: { empty: 'FALSE', fixed: true },
  TraceEnable: { empty: 'FALSE', fixed: true },
  ProtocolType: { empty: '', fixed: true },
}

/** A spec without its code in the words of CreateFunction. */
export function toCreate(spec: Tree): Tree {
  const said = Object.entries(SETTINGS).filter(
    ([name, { empty, always }]) => spec[name] !== undefined && (always || !isSame(spec[name], empty)),
  )
  const { FunctionName, Namespace, Handler } = spec
  const named = {
    FunctionName,
    Namespace,
    ...(Handler !== undefined && { Handler }),
    Tags: tagList(spec['Tags'] as Tree | undefined),
  }
  return Object.assign(named, ...said.map(([name]) => wordsFor(name, spec[name])))
}

/** What of a spec is not so on the platform, in the words of UpdateFunctionConfiguration; all of it without `live`. */
export function toUpdate(spec: Tree, differs: (name: string) => boolean): Tree {
  const changed = Object.entries(SETTINGS).filter(
    ([name, { fixed }]) => !fixed && spec[name] !== undefined && differs(name),
  )
  return Object.assign({}, ...changed.map(([name]) => wordsFor(name, spec[name])))
}

/** The settings that GetFunction tells, in the words of a spec. */
export function fromPlatform(told: Tree): Tree {
  const whole: Tree = { ...told, Cls: { LogsetId: told['ClsLogsetId'] || '', TopicId: told['ClsTopicId'] || '' } }
  return Object.fromEntries(
    Object.entries(SETTINGS).map(([name, { empty, read }]) => [
      name,
      read ? read(whole[name]) : like(empty, whole[name]),
    ]),
  )
}

export function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b))
}

function wordsFor(name: string, value: unknown): Tree {
  return SETTINGS[name]?.send?.(value as never) ?? { [name]: value }
}

function variablesOf(variables: Tree): Tree[] {
  const all = Object.entries(variables).map(([Key, Value]) => ({ Key, Value }))
  return all.length > 0 ? all : [{ Key: '', Value: '' }]
}

function pairs(told: unknown): Tree {
  return Object.fromEntries(((told ?? []) as Tree[]).map(({ Key, Value }) => [String(Key), Value]))
}

// Things that nobody set are told as null, and maps with more fields than were sent.
function like(empty: unknown, told: unknown): unknown {
  if (told === null || told === undefined) return empty
  if (!isMap(empty) || !isMap(told)) return told
  return Object.fromEntries(Object.entries(empty).map(([key, value]) => [key, told[key] ?? value]))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isMap(value)) return value
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  )
}
