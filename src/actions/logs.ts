import { error, SlsError } from '@anyfaas/kit'
import { callOf, withConnection } from './connection.ts'
import type { ActionIo } from './io.ts'
import { choosePlatforms, misuse, openProject, type ProjectOptions } from './project.ts'

export interface LogsOptions extends ProjectOptions {
  /** Names of functions; all of them when empty. */
  readonly functions?: readonly string[]
  readonly follow?: boolean
  /** A time, or an age such as `10m`. */
  readonly since?: string
  /** The most lines from before. */
  readonly tail?: number
  /** Only lines that have this text in them. */
  readonly filter?: string
}

export interface LogsResult {
  readonly lines: number
}

/** Tells the log lines of a deployed service, and with `follow` those to come until interrupted. */
export async function logs(options: LogsOptions, io: ActionIo): Promise<LogsResult> {
  const project = await openProject(options, io)
  const [platform] = await choosePlatforms(project, options, io)
  if (!platform) throw new Error('no platform chosen')
  const functions = options.functions ?? []
  const known = project.service.functions.map((fn) => fn.name)
  const stranger = functions.find((name) => !known.includes(name))
  if (stranger !== undefined) throw misuse(`no function "${stranger}" is deployed`, `there are ${known.join(', ')}`)
  const query = {
    functions,
    follow: options.follow === true,
    ...(options.since !== undefined && { since: parseSince(options.since, Date.now()) }),
    ...(options.tail !== undefined && { tail: options.tail }),
  }
  return await withConnection(project, platform, {}, io, async (connection) => {
    let lines = 0
    for await (const line of connection.logs(query, callOf(io))) {
      if (options.filter !== undefined && !line.text.includes(options.filter)) continue
      io.tell({ kind: 'log', line })
      lines++
    }
    return { lines }
  })
}

const UNITS_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Milliseconds since 1970 of `10m` ago, or of an ISO time. Throws SLS0002 for anything else. */
export function parseSince(text: string, now: number): number {
  const age = /^(\d+)([smhd])$/.exec(text)
  const time = age ? now - Number(age[1]) * (UNITS_MS[age[2] ?? ''] ?? 0) : Date.parse(text)
  if (!Number.isNaN(time)) return time
  throw new SlsError(
    error('SLS0002', `"${text}" is not a time`, {
      help: ['an age as 10m, 2h or 1d, or a time as 2030-01-31T08:00:00Z'],
    }),
  )
}
