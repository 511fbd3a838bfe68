import { error, SlsError } from '@anyfaas/kit'

/** A reader of whole numbers from `min` to `max`. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (value >= min && value <= max) return value
    throw new SlsError(error('SLS0002', `"${text}" is not a whole number from ${min} to ${max}`))
  }
}

/** `name=value`; the value may hold more `=`. */
export function readPair(text: string): readonly [string, string] {
  const at = text.indexOf('=')
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)]
  throw new SlsError(error('SLS0002', `"${text}" is not a pair`, { help: ['write it as name=value'] }))
}

/** `Name: value`, a header of HTTP. */
export function readHeader(text: string): readonly [string, string] {
  const found = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):(.*)$/s.exec(text)
  if (found?.[1] !== undefined && found[2] !== undefined) return [found[1], found[2].trim()]
  throw new SlsError(error('SLS0002', `"${text}" is not a header`, { help: ['write it as "Name: value"'] }))
}

/** `/path?query`: of a request to the service itself, so it begins with a slash. */
export function readPath(text: string): string {
  if (/^\/(?!\/)/.test(text)) return text
  throw new SlsError(error('SLS0002', `"${text}" is not a path`, { help: ['write it as /path?name=value'] }))
}

/** `a,b`: at least one name. */
export function readNames(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim())
  if (names.every((name) => name !== '')) return names
  throw new SlsError(error('SLS0002', `"${text}" is not a list of names`, { help: ['write it as a,b'] }))
}

/** `a,b` as the actions take it: in one piece. */
export function readProviders(text: string): string {
  return readNames(text).join(',')
}

/** `10%`: a share of the calls above 0 and below 100 per cent, as a number below 1. */
export function readPercent(text: string): number {
  const share = Number(/^(\d+(?:\.\d+)?)%$/.exec(text)?.[1]) / 100
  if (share > 0 && share < 1) return share
  throw new SlsError(error('SLS0002', `"${text}" is no share of the calls`, { help: ['write it as 10%'] }))
}

/** `5=10%`: a version, and its share of the calls above 0 and below 100 per cent. */
export function readShare(text: string): { readonly version: string; readonly share: number } {
  const [, version, percent] = /^([^=]+)=(\d+(?:\.\d+)?)%$/.exec(text) ?? []
  const share = Number(percent) / 100
  if (version !== undefined && share > 0 && share < 1) return { version, share }
  throw new SlsError(error('SLS0002', `"${text}" is no share of a version`, { help: ['write it as VERSION=10%'] }))
}
