/** Writes decoded parameters, as some platforms give them, back into a query. A list is a key that comes several times. */
export function writeQuery(parameters: unknown, encode: (text: string) => string = encodeURIComponent): string {
  if (typeof parameters !== 'object' || parameters === null) return ''
  return Object.entries(parameters)
    .flatMap(([key, value]) => (Array.isArray(value) ? value : [value]).map((item) => [key, item] as const))
    .map(([key, value]) => (value === true ? encode(key) : `${encode(key)}=${encode(String(value ?? ''))}`))
    .join('&')
}
