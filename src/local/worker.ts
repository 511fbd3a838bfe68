import type { OnceMessage } from './once-wire.ts'
import type { LoadMessage } from './wire.ts'
import { once } from './worker/once.ts'
import { serve } from './worker/serve.ts'

// The process of a function. The first message says for what: to serve a deployed one, or to make a single call.
process.once('message', (message: readonly [LoadMessage] | OnceMessage) => {
  if ('kind' in message) void once(message)
  else void serve(message[0])
})
