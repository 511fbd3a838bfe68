import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { error, type RuntimeDoor, SlsError } from '@anyfaas/kit'
import type { Platform } from './project.ts'

/** The half of the runtime that knows a platform. Throws SLS2004 when the provider brings none: then nothing can be packaged or called. */
export function runtimeOf({ provider, target }: Pick<Platform, 'provider' | 'target'>): RuntimeDoor {
  // A provider may be anybody's program, whose types nobody checked.
  const door = target.runtime as RuntimeDoor | undefined
  const lost = [door?.entry, door?.emulator].find((file) => file === undefined || !existsSync(fileURLToPath(file)))
  if (door?.entry && door.emulator && lost === undefined) return door
  const help = [
    lost === undefined ? 'sls translate works without one' : `build the provider: there is no ${fileURLToPath(lost)}`,
  ]
  throw new SlsError(
    error('SLS2004', `the provider "${provider.name}" has no runtime, so nothing can be packaged or called for it`, {
      help,
    }),
  )
}
