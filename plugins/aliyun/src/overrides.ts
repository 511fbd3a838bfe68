import {
  checkName,
  checkShape,
  type Diagnostic,
  error,
  isMap,
  type Pointer,
  type Service,
  type Shape,
  type Tree,
} from '@anyfaas/kit'
import { type Edition, wordsOf } from './words.ts'

/** Where raw settings stand in a service file, and what they may be. */
export interface Raw {
  readonly given: unknown
  readonly shape: Shape | undefined
  /** What they may be in the other edition, which stands under the same name. */
  readonly others?: Shape | undefined
  readonly pointer: Pointer
  /** What has these settings, for the messages. */
  readonly name: string
}

/**
 * Raw settings in the words of an edition. Words of the other edition are no concern of this one; a word of neither is said.
 */
export function checkRaw(raw: readonly Raw[], edition: Edition): readonly Diagnostic[] {
  return raw.flatMap(({ given, shape, others, pointer, name }) => {
    if (given === undefined || shape === undefined) return []
    if (!isMap(given)) return [error('SLS3007', `what is laid over ${name} is a map`, { pointer })]
    const own = wordsOf(given, edition)
    const foreign = Object.keys(given).filter((key) => !(key in own) && !(isMap(others) && key in others))
    return [
      ...checkShape(own, shape, { pointer, name }),
      ...foreign.map((key) => checkName(key, Object.keys(shape), { pointer: `${pointer}/${key}`, name })),
    ]
  })
}

/** The overrides of functions, each with its name in the whole file. */
export function functionsIn(service: Service): readonly { readonly given: unknown; readonly pointer: Pointer }[] {
  return service.functions.flatMap((fn) => {
    const given = fn.overrides['aliyun']
    return given === undefined ? [] : [{ given, pointer: `${fn.at}/overrides/aliyun` }]
  })
}

/** A map in a tree, with the pointer to it. */
export function mapIn(
  tree: unknown,
  keys: readonly string[],
  pointer: Pointer,
): { given: Tree | undefined; pointer: Pointer } {
  let at = tree
  for (const key of keys) at = isMap(at) ? at[key] : undefined
  return { given: isMap(at) ? at : undefined, pointer: [pointer, ...keys].join('/') }
}

/** What stands beside `triggerConfig` in a trigger of edition 3.0. */
export const TRIGGER = {
  triggerName: 's',
  triggerType: 's',
  description: 's',
  qualifier: 's',
  invocationRole: 's',
  sourceArn: 's',
  triggerConfig: '*',
} as const
