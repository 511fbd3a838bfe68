import { open, Session, url } from 'node:inspector'
import { createServer } from 'node:net'
import { Script } from 'node:vm'
import type { Wrap } from './handlers.ts'

/**
 * Opens the inspector on the port, or on the next free one, and waits until a debugger says go. Node.js itself prints the
 * address: were anything done between that and the waiting, a quick debugger could say go before anybody hears it.
 */
export async function awaitDebugger(port: number): Promise<void> {
  const free = await freePort(port)
  open(free, '127.0.0.1', true)
  // Somebody was faster.
  if (url() === undefined) await awaitDebugger(free + 1)
}

const CALLER_FILE = 'anyfaas-calls-your-handler.js'
const CALLER_LINE = 3

// `run`, `owner` and `args` are plain variables: the first function that this line calls is the user's.
const CALLER = `(run, owner) => function (...args) {
  // Paused by sls invoke --debug: your handler is called on the next line.
  // Step into it (F11).
  return run.apply(owner, args)
}
`

/**
 * Calls every handler on one line of a script of ours, on which a breakpoint stands. So one step into leads to the
 * user's source, whatever platform's runtime is around it.
 */
export function pauseBefore(): Wrap {
  const caller = new Script(CALLER, { filename: CALLER_FILE }).runInThisContext() as Wrap
  const session = new Session()
  session.connect()
  // From the pause on it is the user's debugger alone that holds the program, which runs on when that one leaves.
  session.once('Debugger.paused', () => session.post('Debugger.disable'))
  session.post('Debugger.enable')
  session.post('Debugger.setBreakpointByUrl', { url: CALLER_FILE, lineNumber: CALLER_LINE })
  return (run, owner) => {
    const { name, length } = run
    return Object.defineProperties(caller(run, owner), { name: { value: name }, length: { value: length } })
  }
}

// Node.js complains on stderr instead of throwing when the port is taken.
function freePort(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' && port < 65535) freePort(port + 1).then(resolve, reject)
      else reject(error)
    })
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(port)))
  })
}
