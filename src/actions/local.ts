import { realpathSync } from 'node:fs'
import { userInfo } from 'node:os'
import { homeOf } from '../local/home.ts'
import { PLATFORM_FILE } from '../local/places.ts'
import { PLATFORM_FLAGS } from '../local/platform-flags.ts'
import { systemdUnit } from '../local/unit.ts'
import type { ActionIo } from './io.ts'
import { misuse } from './project.ts'

export interface LocalOptions {
  readonly verb: string
}

export interface LocalResult {
  readonly unit: string
}

/** `install`: a systemd unit for the platform of this user. */
export async function local({ verb }: LocalOptions, { env }: ActionIo): Promise<LocalResult> {
  if (verb !== 'install') throw misuse(`sls local knows "install", not "${verb}"`)
  const unit = systemdUnit({
    node: realpathSync(process.execPath),
    args: [...PLATFORM_FLAGS, realpathSync(PLATFORM_FILE)],
    root: homeOf(env).root,
    user: userInfo().username,
    path: env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
  })
  return { unit }
}
