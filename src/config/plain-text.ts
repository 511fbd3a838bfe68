/**
 * A text given as valid UTF-8, with a character for each byte: V8 reads and cuts such a text at half the price. Undefined when there
 * are characters in it that are seldom meant, or several documents.
 */
export function plainTextOf(bytes: Buffer): string | undefined {
  const text = joinParts(bytes)
  return isUnusual(text) ? undefined : text
}

// Node.js leaves a text of more than a megabyte outside V8's own memory, whose collector then takes what is made of the text for
// growth and looks through all of it. So it is put together of shorter ones.
function joinParts(bytes: Buffer): string {
  const parts: string[] = []
  for (let at = 0; at < bytes.length; at += INSIDE) parts.push(bytes.toString('latin1', at, at + INSIDE))
  return parts.join('')
}

const INSIDE = 1_000_000

// Tabs, carriage returns and other characters that are seldom meant, documents and directives.
const UNUSUAL = /[^\n -~\x80-\xFF]/
const DOCUMENTS = ['---', '...', '%']

// U+0080 to U+00A0, U+2028 and U+2029, U+FEFF, U+FFFE and U+FFFF, by their bytes.
const UNUSUAL_WIDE = /\xC2[\x80-\xA0]|\xE2\x80[\xA8\xA9]|\xEF\xBB\xBF|\xEF\xBF[\xBE\xBF]/y
const FIRST_BYTES = ['\xC2', '\xE2', '\xEF']

function isUnusual(text: string): boolean {
  return (
    UNUSUAL.test(text) ||
    DOCUMENTS.some((mark) => text.startsWith(mark) || text.includes(`\n${mark}`)) ||
    FIRST_BYTES.some((byte) => holdsUnusual(text, byte))
  )
}

function holdsUnusual(text: string, byte: string): boolean {
  for (let at = text.indexOf(byte); at >= 0; at = text.indexOf(byte, at + 1)) {
    UNUSUAL_WIDE.lastIndex = at
    if (UNUSUAL_WIDE.test(text)) return true
  }
  return false
}
