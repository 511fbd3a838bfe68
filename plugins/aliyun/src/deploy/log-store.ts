import { type Call, type Driver, type FieldRules, isMap, type Live, type Resource, type Tree } from '@anyfaas/kit'
import { isMissing, isPassing, isTaken, readFailure } from '../account/failures.ts'
import type { LogRequest, LogService } from '../account/log-service.ts'

/** The log settings of a thing with its store as something that has to be there first, and that store. */
export function withStore(spec: Tree): { readonly spec: Tree; readonly stores: readonly Resource<Tree>[] } {
  const { project, logstore } = (isMap(spec['logConfig']) ? spec['logConfig'] : {}) as {
    project?: unknown
    logstore?: unknown
  }
  if (typeof project !== 'string' || typeof logstore !== 'string' || project === '' || logstore === '')
    return { spec, stores: [] }
  const id = `log/${project}/${logstore}`
  const logConfig = {
    ...(spec['logConfig'] as Tree),
    project: { $ref: id, field: 'project' },
    logstore: { $ref: id, field: 'logstore' },
  }
  return { spec: { ...spec, logConfig }, stores: [{ id, type: TYPE, spec: { project, logstore } }] }
}

const TYPE = 'aliyun:log-store'

/**
 * Stores of the log service that functions write to. One that is missing is made with its project and an index; none is ever
 * changed or removed, for logs outlive what wrote them and others may write there too.
 */
export class LogStoreDriver implements Driver<Tree, Tree> {
  readonly type = TYPE
  readonly rules: FieldRules = {}
  readonly #service: LogService

  constructor(service: LogService) {
    this.#service = service
  }

  async list(call: Call, desired: readonly Resource<Tree>[]): Promise<readonly Live<Tree>[]> {
    const found = desired.map(async ({ id, spec }) => ((await this.#isThere(spec, call)) ? [{ id, value: spec }] : []))
    return (await Promise.all(found)).flat()
  }

  async create({ id, spec }: Resource<Tree>, call: Call): Promise<Tree> {
    for (const request of requestsFor(id, spec)) {
      try {
        await this.#service.call(request, call)
      } catch (cause) {
        if (!isTaken(cause)) throw cause
      }
    }
    return spec
  }

  async update({ spec }: Resource<Tree>): Promise<Tree> {
    return spec
  }

  async delete(): Promise<void> {
    // Never planned: what is not desired is not listed.
  }

  project(live: Tree): Tree {
    return live
  }

  /** A project that was made just now is not known everywhere. */
  retryable(failure: unknown): boolean {
    return isPassing(failure) || isMissing(failure)
  }

  async #isThere({ project, logstore }: Tree, call: Call): Promise<boolean> {
    const place = { method: 'GET', project: String(project), about: `logs in ${project}` } as const
    try {
      await this.#service.call({ ...place, action: 'GetLogStore', path: `/logstores/${logstore}` }, call)
      await this.#service.call({ ...place, action: 'GetIndex', path: `/logstores/${logstore}/index` }, call)
      return true
    } catch (cause) {
      if (isMissing(cause)) return false
      // Who may not look is believed: the platform refuses a store that is not there.
      if (readFailure(cause).status === 403 || readFailure(cause).code === 'Unauthorized') return true
      throw cause
    }
  }
}

// https://www.alibabacloud.com/help/en/sls/developer-reference/api-sls-2020-12-30-createindex
function requestsFor(id: string, { project, logstore }: Tree): readonly LogRequest[] {
  const place = { method: 'POST', project: String(project), about: id } as const
  const description = 'logs of functions'
  const token = [
    ',',
    ' ',
    "'",
    '"',
    ';',
    '=',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    '?',
    '@',
    '&',
    '<',
    '>',
    '/',
    ':',
    '\n',
    '\t',
  ]
  const key = { type: 'text', token, caseSensitive: false, chn: false }
  const keys = { functionName: key, qualifier: key, requestId: key, serviceName: key, versionId: key }
  return [
    { ...place, action: 'CreateProject', path: '/', body: { projectName: project, description } },
    {
      ...place,
      action: 'CreateLogStore',
      path: '/logstores',
      body: { logstoreName: logstore, ttl: 30, shardCount: 1, autoSplit: true, maxSplitShard: 64 },
    },
    {
      ...place,
      action: 'CreateIndex',
      path: `/logstores/${logstore}/index`,
      body: { line: { token, caseSensitive: false, chn: false }, keys },
    },
  ]
}
