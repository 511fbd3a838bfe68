import type { Alias, RemoteAnswer, RemoteInvocation, Tree, Version } from '@anyfaas/kit'
import type { Headers } from '../account/sdk.ts'

/** How a call says what it wants. */
export function invokeHeaders({ isAsync, tail }: RemoteInvocation): Headers {
  return {
    'x-fc-invocation-type': isAsync ? 'Async' : 'Sync',
    'x-fc-log-type': tail && !isAsync ? 'Tail' : 'None',
  }
}

/** What a deployed function answered, or how it failed. */
export function readAnswer(body: string, headers: Headers): RemoteAnswer {
  const log = headers['x-fc-log-result']
  const requestId = headers['x-fc-request-id']
  const type = headers['x-fc-error-type']
  return {
    payload: body,
    ...(requestId && { requestId }),
    ...(log && { log: Buffer.from(log, 'base64').toString() }),
    ...(type && { error: readFailure(body, type) }),
  }
}

function readFailure(body: string, type: string): NonNullable<RemoteAnswer['error']> {
  try {
    const { errorMessage, errorType, stackTrace } = JSON.parse(body) as Tree
    const stack = Array.isArray(stackTrace) ? stackTrace.join('\n') : stackTrace
    return {
      type: String(errorType ?? type),
      message: String(errorMessage ?? body),
      ...(typeof stack === 'string' && { stack }),
    }
  } catch {
    // Not every runtime reports its failure as JSON; then the text is the message.
    return { type, message: body }
  }
}

export function readVersion(fn: string, { versionId, createdTime, description }: Tree): Version {
  return {
    fn,
    id: String(versionId),
    ...(typeof createdTime === 'string' && { time: Date.parse(createdTime) }),
    ...(typeof description === 'string' && description !== '' && { description }),
  }
}

export function newestFirst(versions: readonly Version[]): readonly Version[] {
  return [...versions].sort((a, b) => Number(b.id) - Number(a.id))
}

export function readAlias(fn: string, { aliasName, versionId, additionalVersionWeight }: Tree): Alias {
  const [canary] = Object.entries((additionalVersionWeight ?? {}) as Record<string, number>)
  return {
    fn,
    name: String(aliasName),
    version: String(versionId),
    ...(canary && { canary: { version: canary[0], share: canary[1] } }),
  }
}

/** Where an alias leads, as both editions take it. */
export function aliasBody({ version, canary }: Alias): Tree {
  return { versionId: version, additionalVersionWeight: canary ? { [canary.version]: canary.share } : {} }
}
