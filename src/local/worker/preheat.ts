import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Manifest, Start } from '@anyfaas/runtime'
import { RUNTIME_FILE } from '../places.ts'
import type { LocalContext, LocalEntry } from '../runtime/protocol.ts'
import { type Message, readMessage, writeMessage } from '../wire/message-bytes.ts'
import type { HttpCallMessage } from '../wire/wire.ts'
import { RunningCall } from './running-call.ts'

const require = createRequire(import.meta.url)
/** Of the runtime that is open already. */
let opened: Buffer | undefined

/**
 * Opens the runtime that artifacts of this version bring, and lets it answer a request that nobody has sent: what a first call
 * needs is compiled by then.
 */
export async function preheat(): Promise<void> {
  const { start } = require(RUNTIME_FILE) as { readonly start: Start }
  const handler = (): object => ({ hello: 'nobody' })
  const entry = start(MANIFEST, { preheat: { handler: async () => ({ handler }) } }) as unknown as LocalEntry
  await entry.initializer?.(CONTEXT)
  const page = Buffer.alloc(PAGE_BYTES)
  const write = (message: Message): void => writeMessage(message, { page, take: () => 0 })
  write(CALL)
  const call = readMessage(page, LENGTH_BYTES, LENGTH_BYTES + page.readUInt32LE(0)) as HttpCallMessage
  await new RunningCall(call, CONTEXT, write).run(entry, () => undefined)
  opened = readFileSync(realpathSync(RUNTIME_FILE))
}

/** Makes the artifact's runtime the one that is open already, where it is the same. */
export function shareRuntime(folder: string): void {
  if (!opened) return
  // An artifact whose own files are ES modules has the second one.
  const file = ['sls_runtime.js', 'sls_runtime.cjs'].map((name) => join(folder, name)).find(existsSync)
  if (file !== undefined && readFileSync(file).equals(opened))
    require.cache[realpathSync(file)] = require.cache[RUNTIME_FILE]
}

const PAGE_BYTES = 4096
const LENGTH_BYTES = 4

const MANIFEST: Manifest = {
  service: 'preheat',
  stage: 'preheat',
  provider: 'local',
  function: 'preheat',
  members: [
    {
      name: 'preheat',
      handler: 'handler',
      signature: 'context',
      routes: [{ path: '/preheat', methods: ['GET'] }],
      triggers: [],
      timeoutSec: 1,
    },
  ],
}

const CONTEXT: LocalContext = {
  requestId: 'preheat',
  service: 'preheat',
  stage: 'preheat',
  function: 'preheat',
  memoryMb: 0,
  deadline: Number.MAX_SAFE_INTEGER,
}

const CALL: HttpCallMessage = {
  kind: 'http',
  id: 0,
  requestId: 'preheat',
  deadline: Number.MAX_SAFE_INTEGER,
  method: 'GET',
  url: '/preheat',
  ip: '127.0.0.1',
  headers: ['host', 'localhost'],
  body: undefined,
}
