/** `Application/JSON; charset=utf-8` -> `application/json`. */
export function mediaType(contentType: string | undefined): string {
  if (contentType === undefined) return ''
  const end = contentType.indexOf(';')
  return (end === -1 ? contentType : contentType.slice(0, end)).trim().toLowerCase()
}

export function charsetOf(contentType: string | undefined): string | undefined {
  return /;\s*charset="?([^";\s]+)"?/i.exec(contentType ?? '')?.[1]
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

/** `json` -> `application/json; charset=utf-8`; what has a slash stays. */
export function fullType(type: string): string {
  return shortTypes[type] ?? type
}

/** `json` -> `application/json`, for comparing. */
export function plainType(type: string): string {
  return mediaType(fullType(type))
}

export const TEXT = 'text/plain; charset=utf-8'
export const HTML = 'text/html; charset=utf-8'
export const JSON_TYPE = 'application/json; charset=utf-8'
export const BINARY = 'application/octet-stream'

const shortTypes: Readonly<Record<string, string>> = {
  text: TEXT,
  txt: TEXT,
  html: HTML,
  json: JSON_TYPE,
  xml: 'application/xml; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  form: FORM,
  urlencoded: FORM,
  multipart: 'multipart/*',
  bin: BINARY,
  png: 'image/png',
  svg: 'image/svg+xml',
  pdf: 'application/pdf',
}
