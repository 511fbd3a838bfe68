import type { Member } from './manifest.ts'
import { defaultOf, ownProperty } from './property.ts'
import { describe } from './words.ts'

/** What is wrong with a module in which a handler or an initializer was not found. */
export function missingExport(module: unknown, name: string, member: Member): string {
  const where = `function "${member.name}"${member.file === undefined ? '' : ` (${member.file})`}`
  const value = [module, defaultOf(module)]
    .map((root) => name.split('.').reduce(ownProperty, root))
    .find((found) => found !== undefined)
  if (value !== undefined) return `the export "${name}" of ${where} is ${describe(value)}, not a function`
  const names = [...new Set([...namesOf(module), ...namesOf(defaultOf(module))])].filter((key) => key !== '__esModule')
  const there = names.length === 0 ? 'it exports nothing' : `it exports ${names.map((key) => `"${key}"`).join(', ')}`
  return `${where} has no export "${name}"; ${there}`
}

/** An entry that was written for another version, or by hand. */
export function missingLoader(deployed: string, member: string): Error {
  return new Error(`the entry of function "${deployed}" has no loader for its member "${member}"`)
}

/** `ctx.send` has nowhere to send to. */
export function missingOutput(name: string, output: string | undefined): Error {
  const which = output === undefined ? 'no output' : `no output "${output}"`
  return new Error(`ctx.send: function "${name}" has ${which}; declare it under "outputs" in the service file`)
}

/** A platform whose runtime cannot send; its translation says so too. */
export function missingSender(provider: string): Error {
  return new Error(`ctx.send: the runtime has no sender for ${provider}`)
}

function namesOf(value: unknown): string[] {
  return (typeof value === 'object' || typeof value === 'function') && value !== null ? Object.keys(value) : []
}
