import { randomUUID } from 'node:crypto'
import { Refusal } from '../refusal.ts'

export type Tree = Record<string, unknown>

export interface StoredFunction {
  /** As GetFunction tells it. */
  told: Tree
  zip: string
  event: Tree
  reservedMb: number
  /** Until then the platform is busy with it. */
  busyUntil: number
  doing: 'Creating' | 'Updating' | 'Publishing' | 'Deleting'
  /** What becomes of it then. */
  next: string
}

const ROWS = [
  'Description',
  'MemorySize',
  'Timeout',
  'InitTimeout',
  'Role',
  'Runtime',
  'Handler',
  'ClsLogsetId',
] as const

/** The functions of an account, and what the platform is doing with them. */
export class Functions {
  readonly #all = new Map<string, StoredFunction>()
  #moment = 0
  readonly namespaces = new Set(['default'])
  /** What becomes of the next creation or update, such as `CreateFailed`. */
  fate: string | undefined
  /** `bucket/key` -> what lies in the object storage. */
  readonly objects = new Map<string, Buffer>()

  list(): [string, StoredFunction][] {
    for (const [key, fn] of this.#all) if (fn.doing === 'Deleting' && !isBusy(fn)) this.#all.delete(key)
    return [...this.#all].sort(([a], [b]) => (a < b ? -1 : 1))
  }

  get({ FunctionName, Namespace = 'default' }: Tree): StoredFunction {
    if (!this.namespaces.has(String(Namespace))) throw refused('ResourceNotFound.Namespace')
    const found = this.list().find(([key]) => key === `${Namespace}/${FunctionName}`)?.[1]
    // Which of the two codes it is, differs from call to call of the real platform too.
    if (!found) throw refused('ResourceNotFound.Function', `function ${FunctionName} does not exist`)
    return found
  }

  idle(params: Tree, code: string): StoredFunction {
    const found = this.get(params)
    if (isBusy(found)) throw refused(code, `the function is ${found.doing}`)
    return found
  }

  create(params: Tree, settleMs: number): StoredFunction {
    const { FunctionName, Namespace = 'default' } = params
    if (!this.namespaces.has(String(Namespace))) throw refused('ResourceNotFound.Namespace')
    const name = String(FunctionName)
    if (!/^[A-Za-z][\w-]{0,58}[A-Za-z0-9]$/.test(name)) throw refused('InvalidParameterValue.FunctionName')
    const key = `${Namespace}/${name}`
    if (this.list().some(([known]) => known === key)) throw refused('ResourceInUse.Function', `${name} is there`)
    const fn: StoredFunction = {
      told: { ...NEW, ...{ FunctionName, Namespace }, FunctionId: `lam-${randomUUID().slice(0, 8)}` },
      zip: '',
      event: { MsgTTL: 21_600, RetryConfig: [{ RetryNum: 2 }, { RetryNum: -1 }] },
      reservedMb: 0,
      busyUntil: performance.now() + settleMs,
      doing: 'Creating',
      next: this.#takeFate('CreateFailed'),
    }
    fn.told['Type'] = params['Type'] ?? 'Event'
    fn.told['Tags'] = params['Tags'] ?? []
    for (const field of ['AsyncRunEnable', 'TraceEnable', 'ProtocolType']) fn.told[field] = params[field] ?? NEW[field]
    this.configure(fn, params)
    this.code(fn, params)
    fn.told['AddTime'] = fn.told['ModTime']
    this.#all.set(key, fn)
    return fn
  }

  code(fn: StoredFunction, { Code, Handler }: Tree): void {
    const { ZipFile: sent, ImageConfig, CosBucketName, CosObjectName } = (Code ?? {}) as Tree
    const stored = this.objects.get(`${CosBucketName}${CosObjectName}`)?.toString('base64')
    if (CosObjectName !== undefined && stored === undefined) throw refused('InvalidParameterValue.CosObjectName')
    const ZipFile = stored ?? sent
    fn.told['ModTime'] = this.#now()
    if (typeof ZipFile === 'string') {
      if (!ZipFile.startsWith('UEs')) throw refused('InvalidParameterValue.ZipFile')
      fn.zip = ZipFile
    } else if (ImageConfig) fn.told['ImageConfig'] = { ...NO_IMAGE, ...(ImageConfig as Tree) }
    else throw refused('InvalidParameterValue.Code')
    if (Handler !== undefined) fn.told['Handler'] = Handler
    fn.told['CodeSize'] = fn.zip.length
  }

  configure(fn: StoredFunction, params: Tree): void {
    const { told } = fn
    told['ModTime'] = this.#now()
    const { MemorySize, Environment, Layers, VpcConfig, PublicNetConfig, ClsTopicId } = params
    if (typeof MemorySize === 'number' && MemorySize !== 64 && MemorySize % 128 !== 0)
      throw refused('InvalidParameterValue.MemorySize')
    for (const row of ROWS) if (params[row] !== undefined) told[row] = params[row]
    if (ClsTopicId !== undefined) told['ClsTopicId'] = ClsTopicId
    if (params['InstallDependency'] !== undefined) told['InstallDependency'] = params['InstallDependency']
    if (Environment !== undefined) told['Environment'] = { Variables: variablesOf(Environment as Tree) }
    if (Layers !== undefined) told['Layers'] = layersOf(Layers as Tree[])
    if (VpcConfig !== undefined) told['VpcConfig'] = VpcConfig
    if (PublicNetConfig !== undefined) {
      const { PublicNetStatus, EipConfig } = PublicNetConfig as Tree
      told['PublicNetConfig'] = { PublicNetStatus, EipConfig: { EipAddress: [], ...(EipConfig as Tree) } }
    }
    const { CfsConfig, InstanceConcurrencyConfig: many } = params
    if (CfsConfig !== undefined) told['CfsConfig'] = CfsConfig
    if (many !== undefined)
      told['InstanceConcurrencyConfig'] =
        (many as Tree)['DynamicEnabled'] === '' ? null : { ...(many as Tree), MixNodeConfig: null }
  }

  busy(fn: StoredFunction, doing: StoredFunction['doing'], settleMs: number): void {
    fn.doing = doing
    fn.busyUntil = performance.now() + settleMs
    fn.next = doing === 'Updating' ? this.#takeFate('UpdateFailed') : 'Active'
  }

  // As the platform tells it, in the time of China; the seconds count on, so that no two changes are of one moment.
  #now(): string {
    this.#moment = Math.max(this.#moment + 1000, Date.now())
    return new Date(this.#moment + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')
  }

  #takeFate(of: string): string {
    if (this.fate !== of) return 'Active'
    this.fate = undefined
    return of
  }
}

export function isBusy(fn: StoredFunction): boolean {
  return fn.busyUntil > performance.now()
}

export function statusOf(fn: StoredFunction): Tree {
  const Status = isBusy(fn) ? fn.doing : fn.next
  const failed = [{ ErrorCode: 'InternalError', ErrorMessage: 'the platform could not do it' }]
  return { Status, StatusReasons: Status.endsWith('Failed') ? failed : [], StatusDesc: '' }
}

export function refused(code: string, message = code): Refusal {
  return new Refusal(200, code, message)
}

const NO_IMAGE = {
  ...{ ImageType: '', ImageUri: '', RegistryId: '', Command: '', Args: '', ImagePort: 9000 },
  ...{ ContainerImageAccelerate: false, EntryPoint: null },
}

const NEW: Tree = {
  ...{ Description: '', MemorySize: 128, Timeout: 3, InitTimeout: 65, Role: '', Runtime: '', Handler: '' },
  ...{ VpcConfig: { VpcId: '', SubnetId: '' }, Environment: { Variables: [] }, Layers: [], Qualifier: '$LATEST' },
  ...{ ClsLogsetId: '', ClsTopicId: '', InstallDependency: 'FALSE', AsyncRunEnable: 'FALSE', TraceEnable: 'FALSE' },
  ...{ PublicNetConfig: { PublicNetStatus: 'ENABLE', EipConfig: { EipStatus: 'DISABLE', EipAddress: [] } } },
  ...{ ProtocolType: '', ProtocolParams: null, InstanceConcurrencyConfig: null, CfsConfig: { CfsInsList: [] } },
  ...{ ImageConfig: NO_IMAGE, Triggers: [], DnsCache: 'FALSE', UseGpu: 'FALSE', AvailableStatus: 'Available' },
}

// A variable without a name is how one says that there are none.
function variablesOf({ Variables }: Tree): Tree[] {
  const all = (Variables ?? []) as Tree[]
  const bytes = all.reduce((sum, { Key, Value }) => sum + String(Key).length + String(Value).length, 0)
  if (bytes > 4096) throw refused('InvalidParameterValue.EnvironmentExceededLimit')
  return all.filter(({ Key }) => Key !== '')
}

function layersOf(layers: readonly Tree[]): Tree[] {
  return layers
    .filter(({ LayerName }) => LayerName !== '')
    .map((layer) => ({ ...layer, CompatibleRuntimes: ['Nodejs20.19'], Status: 'Active', Stamp: null }))
}
