import { join } from 'node:path'
import type { Fn } from '@anyfaas/kit'
import type { LaunchRequest } from '../packager/launch.ts'
import type { Platform, Project } from './project.ts'
import { runtimeOf } from './runtime-door.ts'

/** What running a function from where it lies asks for. */
export function launchRequestOf(project: Project, platform: Platform, fn: Fn): LaunchRequest {
  return {
    service: platform.service,
    fn,
    serviceDir: project.dir,
    providerName: platform.provider.name,
    runtimeEntry: runtimeOf(platform).entry,
    cacheDir: join(project.dir, '.sls', 'run'),
  }
}
