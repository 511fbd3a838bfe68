import {
  checkPart,
  checkShape,
  type Diagnostic,
  type Fn,
  isMap,
  mergeTree,
  type Service,
  type Shape,
  type Tree,
  treeAt,
} from '@anyfaas/kit'

/** Raw settings in the words of the component multi-scf. */
export function checkRaw(service: Service): readonly Diagnostic[] {
  const functions = treeAt(service.overrides['tencent'], ['inputs', 'functions'])
  const names = service.functions.map(({ name }) => name)
  const at = '/overrides/tencent/inputs/functions'
  return [
    ...service.functions.flatMap((fn) =>
      fn.overrides['tencent'] === undefined
        ? []
        : checkShape(fn.overrides['tencent'], FUNCTION, { pointer: `${fn.at}/overrides/tencent`, name: NAME }),
    ),
    ...Object.entries(isMap(functions) ? functions : {}).flatMap(([name, given]) =>
      names.includes(name)
        ? checkShape(given, FUNCTION, { pointer: `${at}/${name}`, name: NAME })
        : [checkPart(name, names, { pointer: `${at}/${name}`, name: 'the service' })],
    ),
  ]
}

/** What a function gets, in the words of the component, with its raw settings laid over it. */
export function withRaw(spec: Tree, fn: Fn, { overrides }: Pick<Service, 'overrides'>): Tree {
  const raw = [fn.overrides['tencent'], treeAt(overrides['tencent'], ['inputs', 'functions', fn.name])]
  return raw.reduce<Tree>(mergeTree, spec)
}

const NAME = 'a function of multi-scf'

// The vendor publishes no schema of the component; these are the words of its own documentation:
// https://github.com/serverless-components/tencent-multi-scf/blob/master/docs/configure.md
const FUNCTION: Shape = {
  ...{ name: 's', src: '*', type: 's', handler: 's', entryFile: 's', runtime: 's', description: 's', namespace: 's' },
  ...{ memorySize: 'n', timeout: 'n', initTimeout: 'n', diskSize: 'n', installDependency: 'b', publicAccess: 'b' },
  ...{ environment: { variables: { '*': 's' } }, environments: [{ key: 's', value: 's' }], eip: 'b', role: 's' },
  ...{
    vpc: { vpcId: 's', subnetId: 's' },
    vpcConfig: { vpcId: 's', subnetId: 's' },
    cls: { logsetId: 's', topicId: 's' },
  },
  ...{
    layers: [{ name: 's', version: 'n' }],
    tags: '*',
    cfs: '*',
    deadLetter: '*',
    asyncRunEnable: 'b',
    traceEnable: 'b',
  },
  ...{
    msgTTL: 'n',
    retryNum: 'n',
    ignoreTriggers: 'b',
    protocolType: 's',
    protocolParams: '*',
    nodeType: 's',
    nodeSpec: 's',
  },
  image: {
    ...{ registryId: 's', registryName: 's', repositoryName: 's', tagVersion: 's', imageType: 's', imageUrl: 's' },
    ...{ imageUri: 's', command: 's', args: 's', containerImageAccelerate: 'b', imagePort: 'n' },
  },
  instanceConcurrencyConfig: { enable: 'b', dynamicEnabled: 'b', maxConcurrency: 'n', instanceIsolationEnabled: 'b' },
}
