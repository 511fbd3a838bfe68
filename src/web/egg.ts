import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Starts an Egg application in this process, with the Egg that it brings. Its logs and what it writes while it starts
 * go to the folder for temporary files: on a platform the code's own folder cannot be written to.
 */
export async function startEgg(baseDir: string): Promise<unknown> {
  const require = createRequire(join(baseDir, 'package.json'))
  const { egg } = require('./package.json') as { readonly egg?: { readonly framework?: string } }
  const framework = egg?.framework
  const home = join(tmpdir(), 'egg')
  process.env['EGG_APP_CONFIG'] ??= JSON.stringify({ rundir: join(home, 'run'), logger: { dir: join(home, 'logs') } })
  // Otherwise it takes itself for a developer's own, and watches its files.
  if (process.env['NODE_ENV'] === undefined) process.env['EGG_SERVER_ENV'] ??= 'prod'
  const { start, startEgg: startNewer } = require(framework ?? 'egg') as Record<string, Start | undefined>
  const begin = start ?? startNewer
  if (!begin) throw new Error(`"${framework ?? 'egg'}" has no "start"; it takes Egg 2.18 or newer`)
  return await begin({
    baseDir,
    mode: 'single',
    ...(framework !== undefined && { framework: require.resolve(framework) }),
  })
}

type Start = (options: object) => Promise<unknown>
