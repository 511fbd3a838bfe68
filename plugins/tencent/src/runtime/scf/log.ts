import { gunzipSync } from 'node:zlib'
import { type Shape, shapeOf } from '@anyfaas/runtime'

/** Lines of CLS: JSON in base64, compressed for most topics. */
export function readLog(base64: string): Shape {
  const bytes = Buffer.from(base64, 'base64')
  const isCompressed = bytes[0] === 0x1f && bytes[1] === 0x8b
  return shapeOf(JSON.parse((isCompressed ? gunzipSync(bytes) : bytes).toString('utf8')))
}
