import { request } from 'node:http'

/**
 * Sends data through the sidecar beside the function, which is the local platform itself, or Dapr's own:
 * https://docs.dapr.io/reference/api/bindings_api/. Where there is none (`sls invoke`), it tells what it would send.
 */
export async function sendBySidecar(output: string, data: unknown): Promise<void> {
  const { DAPR_HTTP_PORT: port, DAPR_API_TOKEN: token } = process.env
  const body = bindingBody(data)
  if (!port) return void process.stdout.write(`ctx.send to "${output}": ${body}\n`)
  const status = await post(port, `/v1.0/bindings/${encodeURIComponent(output)}`, token ?? '', body)
  if (status.code >= 300) throw new Error(`ctx.send to "${output}" failed: ${status.text || status.code}`)
}

function bindingBody(data: unknown): string {
  if (!(data instanceof Uint8Array)) return JSON.stringify({ operation: 'create', data: data ?? null })
  const base64 = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64')
  return JSON.stringify({ operation: 'create', data: base64, metadata: { encoding: 'base64' } })
}

function post(port: string, path: string, token: string, body: string): Promise<{ code: number; text: string }> {
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'dapr-api-token': token,
  }
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, path, method: 'POST', headers }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk) => {
        text += chunk
      })
      response.once('error', reject)
      response.once('end', () => resolve({ code: response.statusCode ?? 500, text: messageOf(text) }))
    })
    outgoing.once('error', reject)
    outgoing.end(body)
  })
}

function messageOf(text: string): string {
  try {
    return String((JSON.parse(text) as { message?: unknown }).message ?? text)
  } catch {
    return text
  }
}
