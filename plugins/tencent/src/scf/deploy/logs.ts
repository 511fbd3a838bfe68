import {
  type Call,
  error,
  followLog,
  type LogLine,
  type LogQuery,
  type LogSpan,
  SlsError,
  type Tree,
} from '@anyfaas/kit'
import type { OurFunction, OurFunctions } from './our-functions.ts'
import type { Site } from './site.ts'

/** What functions wrote, from the log service. Throws SLS2004 for a function that writes to no topic. */
export async function* readLogs(query: LogQuery, site: Site, ours: OurFunctions, call: Call): AsyncGenerator<LogLine> {
  const wanted =
    query.functions.length === 0
      ? await ours.list(call)
      : await Promise.all(query.functions.map(async (fn) => await ours.one(fn, call)))
  const targets = await Promise.all(
    wanted.map(async (target) => ({ target, topic: await topicOf(target, site, call) })),
  )
  yield* followLog(
    async (span) => (await Promise.all(targets.map((found) => search({ ...found, ...span }, site, call)))).flat(),
    query,
    call,
  )
}

const PAGE = 1000

async function topicOf({ fn, name, namespace }: OurFunction, { client }: Site, call: Call): Promise<string> {
  const params = { FunctionName: name, Namespace: namespace }
  const { ClsTopicId } = await client.call({ action: 'GetFunction', params, about: `function/${fn}` }, call)
  if (ClsTopicId) return String(ClsTopicId)
  const help = ['logs: {project: LOGSET, store: TOPIC} names the topic of the log service']
  throw new SlsError(error('SLS2004', `function "${fn}" writes its logs to no topic`, { help }))
}

interface Search extends LogSpan {
  readonly target: OurFunction
  readonly topic: string
}

// https://cloud.tencent.com/document/product/614/56447
async function search({ target, topic, from, until }: Search, { client }: Site, call: Call): Promise<LogLine[]> {
  const found: LogLine[] = []
  let context = ''
  for (;;) {
    const params = {
      From: from,
      To: until,
      TopicId: topic,
      QueryString: `SCF_FunctionName:"${target.name}" AND SCF_Namespace:"${target.namespace}"`,
      QuerySyntax: 1,
      Sort: 'asc',
      Limit: PAGE,
      ...(context && { Context: context }),
    }
    const about = `logs of ${target.fn}`
    const { Results, ListOver, Context } = await client.call({ action: 'SearchLog', params, about }, call, 'cls')
    for (const result of (Results ?? []) as Tree[]) {
      const { Time, LogJson } = result
      found.push(lineOf(Number(Time), String(LogJson ?? '{}'), target.fn))
    }
    context = String(Context ?? '')
    if (ListOver !== false || context === '') return found
  }
}

// https://cloud.tencent.com/document/product/583/49361
function lineOf(time: number, json: string, fn: string): LogLine {
  const { SCF_Message: message, SCF_RequestId: requestId, SCF_Level: level, SCF_Type: type } = JSON.parse(json) as Tree
  const isPlatform = type === 'Platform'
  return {
    time,
    function: fn,
    stream: isPlatform ? 'sys' : /error/i.test(String(level ?? '')) ? 'err' : 'out',
    text: String(message ?? '').trimEnd(),
    ...(typeof requestId === 'string' && requestId && { requestId }),
  }
}
