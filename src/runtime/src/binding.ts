import { parseBody } from './body.ts'
import { fromBase64 } from './bytes.ts'
import { type CloudEvent, isoTime } from './cloud-event.ts'
import { HttpError } from './error.ts'
import { mediaType } from './media.ts'
import type { HttpRequest } from './request.ts'

/**
 * The CloudEvent that an HTTP request carries, in the structured or the binary mode. Throws an HttpError 400 for any
 * other request.
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
 */
export function readCloudEvent(request: HttpRequest): CloudEvent {
  const isStructured = mediaType(request.get('content-type')) === 'application/cloudevents+json'
  const event = isStructured ? structured(request.body) : binary(request)
  const { specversion, id, source, type } = event
  if (specversion !== '1.0' || !id || !source || !type) throw new HttpError(400, 'the request is not a CloudEvent 1.0')
  return { time: isoTime(undefined), datacontenttype: 'application/json', data: undefined, ...event } as CloudEvent
}

function structured(body: unknown): Record<string, unknown> {
  const { data_base64: encoded, ...event } = (body ?? {}) as Record<string, unknown>
  if (typeof encoded !== 'string') return event
  return { ...event, data: parseBody(fromBase64(encoded), String(event['datacontenttype'] ?? '')) }
}

function binary(request: HttpRequest): Record<string, unknown> {
  const event: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(request.headers)) {
    if (name.startsWith('ce-')) event[name.slice(3)] = decode(value)
  }
  const type = request.get('content-type')
  return { ...event, ...(type === undefined ? {} : { datacontenttype: type }), data: request.body }
}

// Attribute values are percent-encoded; senders that do not know it send a bare `%`.
function decode(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
