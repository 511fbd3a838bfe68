import { refused, type Tree } from './functions.ts'

const APPID = '1258888888'

/** The triggers of an account. Their words go in one form and come out in another. */
export class Triggers {
  readonly #all = new Map<string, Tree>()
  #ids = 0
  /** Of the log service. */
  readonly topics = new Set(['f1e2d3c4-0000-1111-2222-333344445555', 'a1b2c3d4-0000-1111-2222-333344445555'])

  of(fn: string): Tree[] {
    return [...this.#all].filter(([key]) => key.startsWith(`${fn}|`)).map(([, trigger]) => trigger)
  }

  all(): ReadonlyMap<string, Tree> {
    return this.#all
  }

  create(fn: string, params: Tree): Tree {
    const { Type, TriggerName, Qualifier = '$LATEST', Enable = 'OPEN', CustomArgument = '', Description = '' } = params
    // One of the log service is made by that service.
    if (!['timer', 'cos', 'ckafka', 'http'].includes(String(Type))) throw refused('InvalidParameterValue.Type')
    if (Enable !== 'OPEN' && Enable !== 'CLOSE') throw refused('InvalidParameterValue.Enable')
    if (this.#all.has(keyOf(fn, params))) throw refused('ResourceInUse.Trigger', `${TriggerName} is there`)
    const isHere = ([key]: [string, Tree]): boolean =>
      key.split('|').slice(1).join() === keyOf(fn, params).split('|').slice(1).join()
    if (Type === 'cos' && [...this.#all].some(isHere))
      throw refused('ResourceInUse.Cos', 'the bucket calls another function')
    if (Type === 'http' && this.of(fn).some((one) => one['Type'] === 'http' && one['Qualifier'] === Qualifier))
      throw refused('ResourceInUse.Trigger', 'the version has a URL already')
    const trigger = {
      ...{ Type, TriggerName, Qualifier, CustomArgument, Description },
      Enable: Enable === 'OPEN' ? 1 : 0,
      TriggerDesc: this.#told(params),
      AvailableStatus: 'Available',
      BindStatus: 'on',
      AddTime: '2026-01-02 03:04:05',
      ModTime: '2026-01-02 03:04:05',
    }
    this.#all.set(keyOf(fn, params), trigger)
    return trigger
  }

  /** What CreateDeliverCloudFunction makes: the name and the text are the platform's own. */
  deliver(fn: string, params: Tree): undefined {
    const { TopicId, FunctionName, Namespace, Qualifier, Timeout = 60, MaxMsgNum = 100 } = params
    if (!this.topics.has(String(TopicId))) throw refused('ResourceNotFound.TopicNotExist', 'topic not exist')
    const ResourceId = `qcs::cls:ap-guangzhou:uin/100000000001:topic_id/${TopicId}`
    if ([...this.#all.values()].some((one) => one['ResourceId'] === ResourceId))
      throw refused('InvalidParameter', 'the topic has a delivery already')
    if (Number(MaxMsgNum) < 1 || Number(MaxMsgNum) > 10_000) throw refused('InvalidParameter', 'MaxMsgNum')
    const TriggerName = `SCF-cls-${String(TopicId).slice(0, 8)}`
    const words = { topic_id: TopicId, name_space: Namespace, function_name: FunctionName, qualifier: Qualifier }
    const TriggerDesc = JSON.stringify({ ...words, max_wait: Timeout, max_size: MaxMsgNum, effective: true })
    this.#all.set(keyOf(fn, { Type: 'cls', TriggerName, Qualifier }), {
      ...{
        Type: 'cls',
        TriggerName,
        Qualifier,
        TriggerDesc,
        ResourceId,
        Enable: 1,
        CustomArgument: '',
        Description: '',
      },
      ...{ AvailableStatus: 'Available', BindStatus: 'on', TriggerAttribute: 'double' },
      ...{ AddTime: '2026-01-02 03:04:05', ModTime: '2026-01-02 03:04:05' },
    })
  }

  update(fn: string, params: Tree): void {
    const { Type, Enable, TriggerDesc, CustomArgument, Description } = params
    if (!['timer', 'ckafka', 'http'].includes(String(Type))) throw refused('InvalidParameterValue.Type')
    const trigger = this.#one(fn, params)
    if (TriggerDesc !== undefined) trigger['TriggerDesc'] = this.#told(params)
    if (Enable !== undefined) trigger['Enable'] = Enable === 'OPEN' ? 1 : 0
    if (CustomArgument !== undefined) trigger['CustomArgument'] = CustomArgument
    if (Description !== undefined) trigger['Description'] = Description
  }

  switch(fn: string, params: Tree): void {
    if (!['timer', 'ckafka', 'cos'].includes(String(params['Type']))) throw refused('InvalidParameterValue.Type')
    this.#one(fn, params)['Enable'] = params['Enable'] === 'OPEN' ? 1 : 0
  }

  delete(fn: string, params: Tree): void {
    this.#one(fn, params)
    this.#all.delete(keyOf(fn, params))
  }

  deleteAll(fn: string): void {
    for (const key of [...this.#all.keys()]) if (key.startsWith(`${fn}|`)) this.#all.delete(key)
  }

  #one(fn: string, params: Tree): Tree {
    const trigger = this.#all.get(keyOf(fn, params))
    if (!trigger) throw refused('ResourceNotFound.Trigger', `${params['TriggerName']} is not there`)
    return trigger
  }

  #told({ Type, TriggerName, TriggerDesc }: Tree): string {
    const text = String(TriggerDesc)
    if (Type === 'timer') {
      if (text.split(' ').length !== 7 || text.startsWith('{')) throw refused('InvalidParameterValue.TriggerCronConfig')
      return JSON.stringify({ cron: text })
    }
    const given = parse(text)
    if (Type === 'cos') {
      // The vendor's page asks for no spaces.
      if (/\s/.test(text)) throw refused('InvalidParameterValue.TriggerDesc')
      return JSON.stringify({ bucketUrl: TriggerName, ...given })
    }
    if (Type === 'ckafka') return JSON.stringify(Object.fromEntries(Object.entries(given).reverse()))
    const { NetConfig, ...rest } = given
    const id = `url${++this.#ids}`
    const ExtranetUrl = `https://${APPID}-${id}.ap-guangzhou.tencentscf.com`
    return JSON.stringify({ NetConfig: { IntranetUrl: '', ExtranetUrl, ...(NetConfig as Tree) }, ...rest })
  }
}

function parse(text: string): Tree {
  try {
    return JSON.parse(text) as Tree
  } catch {
    throw refused('InvalidParameterValue.TriggerDesc')
  }
}

function keyOf(fn: string, { Type, TriggerName, Qualifier = '$LATEST', TriggerDesc }: Tree): string {
  const { event, filter } = Type === 'cos' ? parse(String(TriggerDesc)) : {}
  return [fn, Type, TriggerName, Qualifier, JSON.stringify([event, filter])].join('|')
}
