import { randomUUID } from 'node:crypto'

/** So many ids share their first part. */
const SHARED = 2 ** 16

let first = ''
let next = SHARED

/** An id that no other request has, in the form of a UUID; who knows one may guess its neighbours. */
export function makeRequestId(): string {
  if (next === SHARED) {
    first = randomUUID().slice(0, -4)
    next = 0
  }
  return first + (SHARED + next++).toString(16).slice(1)
}
