/** Why a step is there: one field that differs. Values of secrets never stand here. */
export interface Reason {
  readonly field: string
  readonly from?: unknown
  readonly to?: unknown
  readonly secret?: true
}
