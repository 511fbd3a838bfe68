// Runs by itself, bundled: calls a packed function once in one shape, as that platform would. The log goes to stderr.
import { createRequire } from 'node:module'
import type { Entry } from '../../src/kit/src/index.ts'
import { fire, manifestOf, member, platforms, send } from './platforms.ts'
import { startServer } from './server-shape.ts'
import { startStreamed, withStreams } from './stream-shape.ts'

const [name = '', folder = '', kind = ''] = process.argv.slice(2)
const platform = platforms.find((one) => one.name === name)
if (!platform) throw new Error(`no shape "${name}"`)
const open = createRequire(`${folder}/`)
const openEntry = (): Entry => open('./sls_login.js')
const entry =
  platform.start === startServer ? serve() : platform.start === startStreamed ? withStreams(openEntry) : openEntry()
await (kind === 'http'
  ? send(platform, entry, { url: '/a' })
  : fire(platform, entry, { kind: 'event', data: {} })
).then(
  (answer) => console.log(JSON.stringify({ status: answer && (answer as { status?: number }).status })),
  (error: Error) => console.log(JSON.stringify({ rejected: error.message, stack: error.stack })),
)
process.exit()

// Such a function has no entry of ours: a server of its own opens what is packed.
function serve(): Entry {
  const loaders = { login: { handler: async () => open('./src/login.js') as unknown } }
  return startServer(manifestOf([member('login')]), loaders) as unknown as Entry
}
