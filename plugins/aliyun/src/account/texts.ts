import { FAILSAFE_SCHEMA, load, YAMLException } from 'js-yaml'

/** A YAML file of maps, lists and texts: a number stays the text that it was written as. Undefined for what is no YAML. */
export function readTexts(yaml: string): unknown {
  try {
    return load(yaml, { schema: FAILSAFE_SCHEMA })
  } catch (cause) {
    // Its message quotes the line, which may hold a key.
    if (cause instanceof YAMLException) return undefined
    throw cause
  }
}
