// As much of DER as a certificate needs: https://www.itu.int/rec/T-REC-X.690

/** A value with its tag and its length. */
export function wrap(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content])
}

export function sequence(...parts: readonly Buffer[]): Buffer {
  return wrap(0x30, Buffer.concat(parts))
}

export function set(...parts: readonly Buffer[]): Buffer {
  return wrap(0x31, Buffer.concat(parts))
}

/** A whole number of at least 0; the first bit has to be 0. */
export function integer(bytes: Buffer): Buffer {
  return wrap(0x02, bytes)
}

export function utf8(text: string): Buffer {
  return wrap(0x0c, Buffer.from(text))
}

export function octets(content: Buffer): Buffer {
  return wrap(0x04, content)
}

export function bitString(content: Buffer): Buffer {
  return wrap(0x03, Buffer.concat([Buffer.from([0]), content]))
}

/** Until 2049 with two digits of the year: https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.5 */
export function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/[-:T]|\.\d+/g, '')
  return date.getUTCFullYear() < 2050
    ? wrap(0x17, Buffer.from(digits.slice(2), 'ascii'))
    : wrap(0x18, Buffer.from(digits, 'ascii'))
}

/** `[n] EXPLICIT`. */
export function explicit(n: number, content: Buffer): Buffer {
  return wrap(0xa0 | n, content)
}

/** `[n] IMPLICIT`, of a primitive. */
export function context(n: number, content: Buffer): Buffer {
  return wrap(0x80 | n, content)
}

/** An object identifier by its dotted name. */
export function oid(name: string): Buffer {
  const [first = 0, second = 0, ...rest] = name.split('.').map(Number)
  return wrap(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

function base128(value: number): number[] {
  const digits = [value & 0x7f]
  for (let left = value >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80)
  return digits
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length])
  const bytes: number[] = []
  for (let left = length; left > 0; left >>>= 8) bytes.unshift(left & 0xff)
  return Buffer.from([0x80 | bytes.length, ...bytes])
}
