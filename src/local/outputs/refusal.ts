import { CallFailure, type FailureKind } from '../platform/instances/failure.ts'

/** Why nobody has what a function sent. */
export function refusal(kind: FailureKind, message: string): CallFailure {
  return new CallFailure(kind, message)
}
