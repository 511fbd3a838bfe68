import {
  type Alias,
  type Call,
  invocationMs,
  type Operations,
  type RemoteAnswer,
  type RemoteInvocation,
  type Tree,
  type Version,
} from '@anyfaas/kit'
import { isMissing } from '../../account/failures.ts'
import type { Action } from '../../account/sdk.ts'
import { facts } from '../facts.ts'
import { type Examined, examine } from './examine.ts'
import { readMetrics } from './metrics.ts'
import { publishVersion } from './publish.ts'

/** What Lambda does with deployed functions. */
export function makeOperations(examined: Examined): Operations {
  const { site, ours } = examined
  const on = async (fn: string, call: Call): Promise<Target> => {
    const { name: FunctionName, live } = await ours.one(fn, call)
    const about = `function/${fn}`
    const send: Target['send'] = (action, input, limit) =>
      site.api.call({ service: 'lambda', action, input: { FunctionName, ...input }, about, ...limit }, call)
    const list: Target['list'] = (action, items) =>
      site.api.list(
        { service: 'lambda', action, input: { FunctionName }, about },
        { items, next: 'NextMarker', ask: 'Marker' },
        call,
      )
    return { fn, live, send, list }
  }
  return {
    invoke: async (request, call) => await invoke(await on(request.fn, call), request),
    metrics: async (query, call) => await readMetrics(site, ours, query, call),
    versions: async (fn, call) => await listVersions(await on(fn, call)),
    publish: async (fn, call) =>
      readVersion(fn, await publishVersion(site, await ours.nameOf(fn, call), `function/${fn}`, call)),
    aliases: async (fn, call) => await listAliases(await on(fn, call)),
    setAlias: async (alias, call) => await setAlias(await on(alias.fn, call), alias),
    async removeAlias(fn, Name, call) {
      await (await on(fn, call)).send('DeleteAlias', { Name })
    },
    doctor: async (call) => await examine(examined, call),
  }
}

interface Target {
  readonly fn: string
  readonly live: Tree
  send(action: Action<'lambda'>, input: object, limit?: { readonly answerMs: number }): Promise<Tree>
  list(action: Action<'lambda'>, items: string): Promise<readonly Tree[]>
}

// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
async function invoke({ live, send }: Target, request: RemoteInvocation): Promise<RemoteAnswer> {
  const { payload, isAsync, qualifier, tail } = request
  const answerMs = invocationMs(request, { timeoutSec: live['Timeout'] }, facts)
  const input = {
    Payload: Buffer.from(payload),
    InvocationType: isAsync ? 'Event' : 'RequestResponse',
    ...(tail && !isAsync && { LogType: 'Tail' }),
    ...(qualifier !== undefined && { Qualifier: qualifier }),
  }
  const answer = await send('Invoke', input, { answerMs })
  const { FunctionError, LogResult, Payload, $metadata } = answer
  const text = Buffer.from((Payload ?? []) as Uint8Array).toString()
  const log = LogResult === undefined ? undefined : Buffer.from(String(LogResult), 'base64').toString()
  const requestId = ($metadata as { requestId?: string }).requestId
  return {
    payload: text,
    ...(requestId && { requestId }),
    ...(log !== undefined && { log, ...readReport(log) }),
    ...(typeof FunctionError === 'string' && { error: readFailure(text, FunctionError) }),
  }
}

// REPORT RequestId: … Duration: 1.23 ms Billed Duration: 2 ms Memory Size: 128 MB Max Memory Used: 64 MB
function readReport(log: string): Pick<RemoteAnswer, 'durationMs' | 'billedMs' | 'memoryMb'> {
  const number = (words: RegExp): number | undefined => {
    const found = words.exec(log)?.[1]
    return found === undefined ? undefined : Number(found)
  }
  const durationMs = number(/\sDuration: ([\d.]+) ms/)
  const billedMs = number(/Billed Duration: ([\d.]+) ms/)
  const memoryMb = number(/Max Memory Used: (\d+) MB/)
  return {
    ...(durationMs !== undefined && { durationMs }),
    ...(billedMs !== undefined && { billedMs }),
    ...(memoryMb !== undefined && { memoryMb }),
  }
}

function readFailure(body: string, type: string): NonNullable<RemoteAnswer['error']> {
  try {
    const { errorMessage, errorType, trace, stackTrace = trace } = JSON.parse(body) as Tree
    const stack = Array.isArray(stackTrace) ? stackTrace.join('\n') : undefined
    return { type: String(errorType ?? type), message: String(errorMessage ?? body), ...(stack && { stack }) }
  } catch {
    // Not every runtime reports its failure as JSON; then the text is the message.
    return { type, message: body }
  }
}

async function listVersions({ fn, list }: Target): Promise<readonly Version[]> {
  const found = await list('ListVersionsByFunction', 'Versions')
  return found
    .filter(({ Version }) => Version !== '$LATEST')
    .map((version) => readVersion(fn, version))
    .sort((a, b) => Number(b.id) - Number(a.id))
}

function readVersion(fn: string, { Version, LastModified, Description, CodeSha256 }: Tree): Version {
  return {
    fn,
    id: String(Version),
    ...(typeof LastModified === 'string' && { time: Date.parse(LastModified) }),
    ...(typeof CodeSha256 === 'string' && { digest: `sha256:${Buffer.from(CodeSha256, 'base64').toString('hex')}` }),
    ...(typeof Description === 'string' && Description !== '' && { description: Description }),
  }
}

async function listAliases({ fn, list }: Target): Promise<readonly Alias[]> {
  return (await list('ListAliases', 'Aliases')).map(({ Name, FunctionVersion, RoutingConfig }) => {
    const { AdditionalVersionWeights = {} } = (RoutingConfig ?? {}) as {
      AdditionalVersionWeights?: Record<string, number>
    }
    const [canary] = Object.entries(AdditionalVersionWeights)
    return {
      fn,
      name: String(Name),
      version: String(FunctionVersion),
      ...(canary && { canary: { version: canary[0], share: canary[1] } }),
    }
  })
}

async function setAlias({ send }: Target, { name, version, canary }: Alias): Promise<void> {
  const AdditionalVersionWeights = canary ? { [canary.version]: canary.share } : {}
  const input = { Name: name, FunctionVersion: version, RoutingConfig: { AdditionalVersionWeights } }
  try {
    await send('UpdateAlias', input)
  } catch (cause) {
    if (!isMissing(cause)) throw cause
    await send('CreateAlias', input)
  }
}
