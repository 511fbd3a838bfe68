import { ONCE } from './once-wire.ts'
import type { FromWorker, ToWorker } from './wire.ts'
import { once } from './worker/once.ts'
import { serve } from './worker/serve.ts'

// The process of a function: it makes a single call, or serves a deployed function that the first message names.
if (process.argv[2] === ONCE) void once()
else {
  // Without the platform nobody would end this process.
  process.on('disconnect', () => process.exit())
  process.on('message', begin)
}

function begin([message]: readonly ToWorker[]): void {
  if (message?.kind === 'load') {
    process.off('message', begin)
    return void serve(message)
  }
  const answer: FromWorker | undefined =
    message?.kind === 'call' ? { kind: 'failed', id: message.id, error: NO_FUNCTION } : undefined
  process.send?.([answer ?? { kind: 'pong' }])
}

const NO_FUNCTION = { name: 'Error', message: 'this process has no function yet', stack: '' }
