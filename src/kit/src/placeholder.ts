import { type Replace, replaceIn } from './merge.ts'

/** What the names of resources need and a service file rarely says: the driver knows it, and a rendered file leaves it to the vendor's tool. */
export const REGION = '<sls:region>'
export const ACCOUNT = '<sls:account>'
export const PARTITION = '<sls:partition>'

/** The tree with the placeholders that have a value filled in; the others stay. */
export function fillPlaceholders<T>(tree: T, values: Readonly<Record<string, string | undefined>>): T {
  return replaceIn(tree, replacePlaceholder(values))
}

/** The same as one replacement of several (`replaceThen`). */
export function replacePlaceholder(values: Readonly<Record<string, string | undefined>>): Replace {
  return { mark: '<sls:', text: (text) => fillText(text, values) }
}

function fillText(text: string, values: Readonly<Record<string, string | undefined>>): string {
  return [REGION, ACCOUNT, PARTITION].reduce((filled, placeholder) => {
    const value = values[placeholder.slice('<sls:'.length, -1)]
    return value === undefined ? filled : filled.replaceAll(placeholder, value)
  }, text)
}
