import { gunzipSync } from 'node:zlib'

/** A text that was compressed and then written in base64. */
export function gunzip(base64: string): string {
  return gunzipSync(Buffer.from(base64, 'base64')).toString('utf8')
}
