import { once } from './worker/once.ts'

// The process of a function that makes a single call.
void once()
