import { type Deployment, error, SlsError } from '@anyfaas/kit'
import type { ActionIo } from './io.ts'

export interface Probe {
  readonly url: string
  readonly status: number
}

const TIMEOUT_MS = 30_000

/** Asks a deployed service for a path. Throws SLS5001 unless it answers below 500. */
export async function probe(deployment: Deployment, path: string, io: ActionIo): Promise<Probe> {
  const base = deployment.url ?? deployment.functions.flatMap((fn) => fn.urls)[0]?.url
  if (base === undefined)
    throw new SlsError(error('SLS5001', 'there is no address to ask', { help: ['give a function an http trigger'] }))
  const url = new URL(path, base).href
  const response = await ask(url, io)
  if (response.status < 500) return { url, status: response.status }
  const text = (await response.text()).slice(0, 500)
  throw new SlsError(
    error('SLS5001', `${url} answered ${response.status}`, {
      notes: [{ message: text }],
      help: ['sls logs shows why'],
    }),
  )
}

async function ask(url: string, io: ActionIo): Promise<Response> {
  try {
    return await fetch(url, {
      redirect: 'manual',
      signal: AbortSignal.any([io.signal, AbortSignal.timeout(TIMEOUT_MS)]),
    })
  } catch (cause) {
    const reason = (cause as { cause?: Error }).cause?.message ?? (cause as Error).message
    throw new SlsError(error('SLS5001', `${url} did not answer: ${reason}`), { cause })
  }
}
