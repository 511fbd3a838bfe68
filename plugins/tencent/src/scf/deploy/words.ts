import { error, isMap, type Resource, SlsError, type Tree } from '@anyfaas/kit'
import { SETTINGS } from './settings.ts'

/**
 * A function of the component multi-scf as the driver moves it: in the words of the API, every setting with a value, the
 * variables and tags as maps. Throws SLS3001 for a word that cannot be deployed.
 */
export function functionSpec(resource: Resource): Tree {
  const given = resource.spec as Tree
  const unknown = Object.keys(given).filter((word) => !Object.hasOwn(PLAIN, word) && !Object.hasOwn(CONVERTED, word))
  if (unknown.length > 0) throw new SlsError(unknown.map((word) => notDeployed(resource, word)))
  const spec: Tree = Object.fromEntries(
    Object.entries(SETTINGS).flatMap(([name, { empty }]) => (empty === undefined ? [] : [[name, empty]])),
  )
  for (const [word, name] of Object.entries(PLAIN)) if (given[word] !== undefined) spec[name] = given[word]
  for (const [word, convert] of Object.entries(CONVERTED))
    if (given[word] !== undefined) Object.assign(spec, convert(given[word] as never, spec))
  if (isMap(given['image']) && given['initTimeout'] === undefined) spec['InitTimeout'] = 90
  // A web function is started by its file `scf_bootstrap`, whatever is said.
  if (spec['Type'] === 'HTTP') delete spec['Handler']
  else spec['EventInvoke'] = { MsgTTL: given['msgTTL'] ?? 21_600, RetryNum: given['retryNum'] ?? 2 }
  return { Namespace: 'default', ReservedConcurrencyMem: 0, ...spec }
}

const PLAIN: Readonly<Record<string, string>> = {
  name: 'FunctionName',
  namespace: 'Namespace',
  description: 'Description',
  runtime: 'Runtime',
  handler: 'Handler',
  memorySize: 'MemorySize',
  timeout: 'Timeout',
  initTimeout: 'InitTimeout',
  role: 'Role',
  protocolType: 'ProtocolType',
  reservedConcurrencyMem: 'ReservedConcurrencyMem',
}

interface Pair {
  readonly key: string
  readonly value: unknown
}

const CONVERTED: Readonly<Record<string, (value: never, spec: Tree) => Tree>> = {
  type: (type: string) => ({ Type: type === 'web' ? 'HTTP' : 'Event' }),
  environments: (list: readonly Pair[], { Environment }) => ({
    Environment: { ...(Environment as Tree), ...fromPairs(list) },
  }),
  environment: ({ variables }: Tree, { Environment }) => ({
    Environment: { ...(Environment as Tree), ...(variables as Tree) },
  }),
  tags: (tags: readonly Pair[] | Tree) => ({ Tags: Array.isArray(tags) ? fromPairs(tags) : tags }),
  vpc: vpcOf,
  vpcConfig: vpcOf,
  cls: ({ logsetId, topicId }: Tree) => ({ Cls: { LogsetId: logsetId, TopicId: topicId } }),
  layers: (layers: readonly Tree[]) => ({
    Layers: layers.map(({ name, version }) => ({ LayerName: name, LayerVersion: Number(version) })),
  }),
  publicAccess: (isOpen: boolean, { PublicNetConfig }) => ({
    PublicNetConfig: { ...(PublicNetConfig as Tree), PublicNetStatus: isOpen ? 'ENABLE' : 'DISABLE' },
  }),
  eip: (isFixed: boolean, { PublicNetConfig }) => ({
    PublicNetConfig: { ...(PublicNetConfig as Tree), EipStatus: isFixed ? 'ENABLE' : 'DISABLE' },
  }),
  cfs: (given: Tree | readonly Tree[]) => ({ CfsConfig: (Array.isArray(given) ? given : [given]).map(mountOf) }),
  installDependency: (on: boolean) => ({ InstallDependency: spell(on) }),
  asyncRunEnable: (on: boolean) => ({ AsyncRunEnable: spell(on) }),
  traceEnable: (on: boolean) => ({ TraceEnable: spell(on) }),
  instanceConcurrencyConfig: ({ enable, dynamicEnabled, maxConcurrency, instanceIsolationEnabled }: Tree) =>
    enable === false
      ? {}
      : {
          InstanceConcurrencyConfig: {
            DynamicEnabled: spell(dynamicEnabled === true),
            ...(maxConcurrency !== undefined && { MaxConcurrency: maxConcurrency }),
            ...(instanceIsolationEnabled === true && { InstanceIsolationEnabled: 'TRUE' }),
          },
        },
  image: (given: Tree) => ({ ImageConfig: imageOf(given) }),
  // Both are read with the type of the function.
  msgTTL: () => ({}),
  retryNum: () => ({}),
}

/** Every field with a value, as the platform tells it. */
export function imageOf({ imageType, imageUrl, imageUri, registryId, command, args, ...rest }: Tree): Tree {
  return {
    ImageType: imageType,
    ImageUri: imageUri ?? imageUrl,
    RegistryId: registryId ?? '',
    Command: command ?? '',
    Args: args ?? '',
    ImagePort: rest['imagePort'] ?? 9000,
    ContainerImageAccelerate: rest['containerImageAccelerate'] ?? false,
  }
}

function vpcOf({ vpcId, subnetId }: Tree): Tree {
  return { VpcConfig: { VpcId: vpcId, SubnetId: subnetId } }
}

function mountOf({ userId, userGroupId, cfsId, mountInsId, localMountDir, remoteMountDir }: Tree): Tree {
  return {
    UserId: String(userId ?? 10_000),
    UserGroupId: String(userGroupId ?? 10_000),
    CfsId: cfsId,
    MountInsId: mountInsId ?? cfsId,
    LocalMountDir: localMountDir,
    RemoteMountDir: remoteMountDir,
  }
}

function fromPairs(list: readonly Pair[]): Tree {
  return Object.fromEntries(list.map(({ key, value }) => [key, value]))
}

// The API has texts where others have booleans.
function spell(on: boolean): string {
  return on ? 'TRUE' : 'FALSE'
}

function notDeployed({ id, at }: Resource, word: string): ReturnType<typeof error> {
  return error('SLS3001', `"${word}" of ${id} cannot be deployed by sls`, {
    ...(at !== undefined && { pointer: at, on: 'key' as const }),
    help: ["leave it out, or use the vendor's tool with what sls package --provider tencent makes"],
  })
}
