import { BINARY, FORM, HTML, JSON_TYPE, mediaType, TEXT } from './media.ts'

/** `json` -> `application/json; charset=utf-8`; what has a slash stays. */
export function fullType(type: string): string {
  return shortTypes[type] ?? type
}

/** `json` -> `application/json`, for comparing. */
export function plainType(type: string): string {
  return mediaType(fullType(type))
}

/** `text/html; charset=utf-8` -> `utf-8`. */
export function charsetOf(contentType: string | undefined): string | undefined {
  return /;\s*charset="?([^";\s]+)"?/i.exec(contentType ?? '')?.[1]
}

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
