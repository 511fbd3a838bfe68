import { request } from 'node:http'
import { Worker } from 'node:worker_threads'
import { type App, consoleLogger } from '@anyfaas/runtime'

/**
 * Lets the layers close when Lambda ends the process. It says so by SIGTERM, but only to a function that has an extension,
 * so this one registers itself as an internal one that wants no events. It has 500 ms then.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html#runtimes-lifecycle-extensions-shutdown
 */
export function closeAtEnd(app: App): void {
  process.once('SIGTERM', () => void app.close().then(end))
  const api = process.env['AWS_LAMBDA_RUNTIME_API']
  // Absent where the platform is only played.
  if (api === undefined) return
  const extension = register(`http://${api}/2020-01-01/extension`)
  if (extension === undefined)
    consoleLogger.warn('beforeClose of the layers will not be called: no extension was registered')
  else awaitEvents(`http://${api}/2020-01-01/extension/event/next`, extension)
}

// By the signal, not by `process.exit`: that waits for the runtime, which waits for its next event.
function end(): void {
  if (process.listenerCount('SIGTERM') === 0) process.kill(process.pid, 'SIGTERM')
}

// The time for it is over when the runtime asks for its first event, and that is right after this module has been loaded:
// what is asked in this thread would come too late.
function register(api: string): string | undefined {
  const shared = new SharedArrayBuffer(SHARED_BYTES)
  const length = new Int32Array(shared, 0, 1)
  const worker = new Worker(REGISTER, { eval: true, workerData: { url: `${api}/register`, shared } })
  worker.unref()
  Atomics.wait(length, 0, 0, LONGEST_MS)
  const identifier = Buffer.from(shared, 4, Math.max(0, length[0] ?? 0)).toString()
  return identifier === '' ? undefined : identifier
}

const SHARED_BYTES = 260
const LONGEST_MS = 1000

// Writes the identifier behind its length, which is -1 where there is none.
const REGISTER = `
const { url, shared } = require('node:worker_threads').workerData
const done = (identifier) => {
  new Uint8Array(shared, 4).set(Buffer.from(identifier))
  const length = new Int32Array(shared, 0, 1)
  Atomics.store(length, 0, identifier.length || -1)
  Atomics.notify(length, 0)
}
const headers = { 'lambda-extension-name': 'sls-layers' }
const sent = require('node:http').request(url, { method: 'POST', headers }, (response) => {
  response.resume()
  done(response.statusCode === 200 ? String(response.headers['lambda-extension-identifier']) : '')
})
sent.on('error', () => done(''))
sent.end('{"events":[]}')
`

// None comes, but the platform takes an extension for ready once it has asked.
function awaitEvents(url: string, identifier: string): void {
  const sent = request(url, { headers: { 'lambda-extension-identifier': identifier } }, (response) => response.resume())
  sent.on('error', (error) => consoleLogger.debug('the extension API went away:', error))
  // It must not hold a process that has nothing left to do.
  sent.on('socket', (socket) => socket.unref())
  sent.end()
}
