/** Who answered in the platform's place, and what to do about it. */
export interface Stranger {
  readonly message: string
  readonly help: readonly string[]
}

/**
 * Of a failed call: why it was not the platform that answered. It is not trusted, or the answer is in another format.
 * Undefined for any other failure. A second attempt would be answered by the same.
 */
export function strangerIn(failure: unknown): Stranger | undefined {
  for (const one of chainOf(failure)) {
    const { code, message = '', type } = one as { code?: unknown; message?: string; type?: unknown }
    const isUntrusted = (typeof code === 'string' && TRUST_CODE.test(code)) || TRUST_TEXT.test(message)
    if (isUntrusted) return { message: `no trusted connection: ${reasonOf(message)}`, help: UNTRUSTED }
    if (one instanceof SyntaxError || type === 'invalid-json') return { message: UNREADABLE, help: STANDS_BEFORE }
  }
  return undefined
}

// What was read may be anything, so it is not quoted.
const UNREADABLE = 'what answered is not the platform but, say, a proxy or a network that wants a login'
const STANDS_BEFORE = [
  'open the address in a browser to see what answers there',
  'provider.endpoint names another address',
]
const UNTRUSTED = [
  'where a proxy opens what is encrypted, NODE_EXTRA_CA_CERTS names the file with its certificate',
  'provider.endpoint names another address',
]

const TRUST_CODE = /^(ERR_TLS_|ERR_SSL_|HOSTNAME_MISMATCH$)|(^|_)CERT(_|$)|_CERT_|LEAF_SIGNATURE$/
const TRUST_TEXT =
  /self[- ]signed certificate|unable to (verify the first|get (local )?issuer) certificate|certificate (has expired|is not yet valid)|certificate's altnames|SSL routines/

// Libraries wrap what they were told; a chain may bite its tail.
function chainOf(failure: unknown): readonly object[] {
  const chain: object[] = []
  let one: unknown = failure
  while (typeof one === 'object' && one !== null && chain.length < 5) {
    chain.push(one)
    one = (one as { readonly cause?: unknown }).cause
  }
  return chain
}

// OpenSSL names the places in its own code around the reason.
function reasonOf(text: string): string {
  return /SSL routines:[^:]*:([^:\n]+)/.exec(text)?.[1] ?? text.split('\n', 1)[0] ?? ''
}
