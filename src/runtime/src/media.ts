/** `Application/JSON; charset=utf-8` -> `application/json`. */
export function mediaType(contentType: string | undefined): string {
  if (contentType === undefined) return ''
  const end = contentType.indexOf(';')
  return (end === -1 ? contentType : contentType.slice(0, end)).trim().toLowerCase()
}

export function isJson(type: string): boolean {
  return type === 'application/json' || type.endsWith('+json')
}

export const FORM = 'application/x-www-form-urlencoded'

/** True for what people read: such a body travels as text, everything else as bytes. */
export function isText(type: string): boolean {
  return (
    type.startsWith('text/') ||
    isJson(type) ||
    type === FORM ||
    /^application\/(.*\+)?(xml|javascript|ecmascript|graphql|yaml|sql)$/.test(type)
  )
}

export const TEXT = 'text/plain; charset=utf-8'
export const HTML = 'text/html; charset=utf-8'
export const JSON_TYPE = 'application/json; charset=utf-8'
export const BINARY = 'application/octet-stream'
