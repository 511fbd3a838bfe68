import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where a user's local platform keeps its state. Two folders are two platforms that know nothing of each other. */
export interface Home {
  readonly root: string
  /** Says where the running platform listens: see `record.ts`. */
  readonly record: string
  readonly lock: string
  /** Of the platform itself, written by its user: see `open-queue.ts`. */
  readonly settings: string
  /** Of the doors of services: see `door.ts`. */
  readonly token: string
  /** What the platform itself printed since it was last started. */
  readonly output: string
  readonly services: string
  /** No folder of a default way to it begins with a dot: Express 5, for one, sends no file from below such a folder. */
  readonly code: string
  /** That functions read as files. */
  readonly secrets: string
  /** Of asynchronous calls. */
  readonly queue: string
  /** Of `os` triggers: a folder each. */
  readonly buckets: string
}

/** `$SLS_HOME`, else `~/.anyfaas`, with the code of functions in `~/anyfaas-code`. */
export function homeOf(env: Readonly<Record<string, string | undefined>>): Home {
  const usual = join(homedir(), '.anyfaas')
  const root = env['SLS_HOME'] || usual
  return {
    root,
    record: join(root, 'platform.json'),
    lock: join(root, 'platform.lock'),
    settings: join(root, 'settings.json'),
    token: join(root, 'token'),
    output: join(root, 'platform.log'),
    services: join(root, 'services'),
    code: root === usual ? join(homedir(), 'anyfaas-code') : join(root, 'code'),
    secrets: join(root, 'secrets'),
    queue: join(root, 'queue'),
    buckets: join(root, 'buckets'),
  }
}

/** The folder of one service and stage. No two pairs share one: the dot between them is the only one that is not escaped. */
export function serviceFolder(home: Home, service: string, stage: string): string {
  return join(home.services, [service, stage].map(escapePart).join('.'))
}

function escapePart(part: string): string {
  return encodeURIComponent(part).replaceAll('.', '%2E').replaceAll('*', '%2A')
}
