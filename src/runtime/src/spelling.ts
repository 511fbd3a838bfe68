/** Several values of one name under names that differ in case only: different to the platform, the same to the client. */
export function spellApart(name: string, values: readonly string[]): Record<string, string> {
  return Object.fromEntries(values.map((value, index) => [spelling(name, index), value]))
}

// The bits of the number say which letters are capitals.
function spelling(name: string, number: number): string {
  let bits = number
  return name.replace(/[a-z]/g, (letter) => {
    const upper = (bits & 1) === 1
    bits >>= 1
    return upper ? letter.toUpperCase() : letter
  })
}
