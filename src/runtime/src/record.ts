/**
 * An empty object without a prototype: `constructor` is a key in it like any other. Made by a constructor, because
 * what `Object.create(null)` makes is slower to write to.
 */
export function emptyRecord<T>(): Record<string, T> {
  return new (Bare as unknown as new () => Record<string, T>)()
}

/** The same text in the form that objects have their keys in: to write by any other one costs a search through all keys there are. */
export function asKey(text: string): string {
  return Object.keys({ [text]: 0 })[0] as string
}

function Bare(): void {
  // Only its prototype matters.
}

Bare.prototype = Object.create(null)
