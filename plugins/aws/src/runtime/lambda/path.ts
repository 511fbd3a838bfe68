/** A decoded path as a client would have sent it. A slash inside a segment is lost: the gateway has decoded it, too. */
export function encodePath(path: string): string {
  if (PLAIN.test(path)) return path
  // The way through bytes mends halves of surrogate pairs, which cannot be encoded.
  return encodeURI(Buffer.from(path).toString()).replace(/[?#]/g, encodeURIComponent)
}

/** What no encoding changes. */
export const PLAIN = /^[\w/.~!$&'()*+,;=:@-]*$/
