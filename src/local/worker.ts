import { ONCE } from './once/once-wire.ts'
import { once } from './worker/once.ts'

// The process of a function: it makes a single call, or serves a deployed function that the first message names.
if (process.argv[2] === ONCE) void once()
else void import('./serve.ts').then(({ serve }) => serve())
