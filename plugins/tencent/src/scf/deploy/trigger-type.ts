import type { Tree } from '@anyfaas/kit'

/** How one type of trigger is said. https://cloud.tencent.com/document/product/583/39901 */
export interface TriggerType {
  /** The parameters of the component that are said here; others cannot be deployed. */
  readonly words: readonly string[]
  /** Of the parameters: the name on the platform, what can be changed, and what cannot. */
  describe(parameters: Tree): { readonly name: unknown; readonly open: unknown; readonly fixed: Tree }
  /** What the platform told, in the same two parts. */
  read(told: unknown): { readonly open: unknown; readonly fixed: Tree }
  /** The text that the API takes for both. */
  send(open: unknown, fixed: Tree): string
  /** How it changes: by UpdateTrigger, by UpdateTriggerStatus, which switches it on and off, or by being made anew. */
  readonly changes: 'all' | 'switch' | 'none'
  /** Where another product makes it: that call. */
  readonly create?: (spec: Tree) => { readonly product: 'cls'; readonly action: string; readonly params: Tree }
  /** Its name in a spec, where the platform has one of its own for it. */
  readonly nameOf?: (told: Tree) => unknown
  /** What it waits for calls one function only. */
  readonly isAlone?: true
  /** Some of it may not be told: then it is believed to be as wanted. */
  readonly isBelieved?: true
  /** Only functions that take events can have one. */
  readonly needsEvents?: true
}
