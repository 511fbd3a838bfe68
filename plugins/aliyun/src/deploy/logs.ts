import {
  type Call,
  clock,
  error,
  followLog,
  type LogLine,
  type LogQuery,
  type LogSpan,
  SlsError,
  type Tree,
} from '@anyfaas/kit'
import type { LogService } from '../account/log-service.ts'

/** Where a deployed function writes its log. */
export interface LogSource {
  readonly fn: string
  /** As it is deployed: a search by words may find what others wrote about it. */
  readonly name: string
  readonly project: string
  readonly store: string
  /** What finds its lines among those of others. */
  readonly query: string
}

/** What functions wrote, all together by their time. With `follow` it ends when the call's signal says so. */
export async function* readLogs(
  sources: readonly LogSource[],
  query: LogQuery,
  service: LogService,
  call: Call,
): AsyncGenerator<LogLine> {
  yield* followLog(
    async (span) => (await Promise.all(sources.map((source) => search({ source, ...span }, service, call)))).flat(),
    query,
    call,
  )
}

/** Where a function's log goes by its log settings. Throws SLS2004 when it goes nowhere. */
export function logSource({ fn, name }: Pick<LogSource, 'fn' | 'name'>, logConfig: unknown, query: string): LogSource {
  const { project, logstore } = (logConfig ?? {}) as { project?: string; logstore?: string }
  if (project && logstore) return { fn, name, project, store: logstore, query }
  const help = ['logs: {project: PROJECT, store: LOGSTORE} names a store of the log service']
  throw new SlsError(error('SLS2004', `function "${fn}" writes its log nowhere`, { help }))
}

const PAGE = 100

interface Search extends LogSpan {
  readonly source: LogSource
}

// https://www.alibabacloud.com/help/en/sls/developer-reference/api-sls-2020-12-30-getlogs
async function search({ source, from, until }: Search, service: LogService, call: Call): Promise<readonly LogLine[]> {
  const { fn, project, store } = source
  const found: Tree[] = []
  for (;;) {
    const query = {
      type: 'log',
      from: String(Math.floor(from / 1000)),
      // The end is not part of it.
      to: String(Math.floor(until / 1000) + 1),
      query: source.query,
      line: String(PAGE),
      offset: String(found.length),
      reverse: 'false',
    }
    const request = { action: 'GetLogs', method: 'GET', project, path: `/logstores/${store}`, query } as const
    const { body, isComplete } = await service.call({ ...request, about: `logs of ${fn}` }, call)
    // The service looked at a part only and wants to be asked again.
    if (!isComplete) {
      await clock.wait(AGAIN_MS, call.signal)
      continue
    }
    const page = body as readonly Tree[]
    found.push(...page)
    if (page.length < PAGE) return found.filter((entry) => isOf(source, entry)).map((entry) => lineOf(fn, entry))
  }
}

const AGAIN_MS = 200

function isOf({ name }: LogSource, { functionName }: Tree): boolean {
  return functionName === undefined || functionName === name
}

function lineOf(fn: string, { __time__, __time_ns_part__, message, requestId }: Tree): LogLine {
  const text = String(message ?? '').trimEnd()
  const isPlatform = /^FC (Invoke|Initialize|PreStop|PreFreeze) (Start|End)/.test(text)
  return {
    time: Number(__time__) * 1000 + Math.floor(Number(__time_ns_part__ ?? 0) / 1e6),
    function: fn,
    stream: isPlatform ? 'sys' : /\[error\]/i.test(text.slice(0, 200)) ? 'err' : 'out',
    text,
    ...(typeof requestId === 'string' && requestId && { requestId }),
  }
}
