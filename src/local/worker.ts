import { ONCE } from './once-wire.ts'
import type { LoadMessage } from './wire.ts'
import { once } from './worker/once.ts'
import { serve } from './worker/serve.ts'

// The process of a function: it makes a single call, or serves a deployed function that the first message names.
if (process.argv[2] === ONCE) void once()
else process.once('message', ([message]: readonly [LoadMessage]) => void serve(message))
