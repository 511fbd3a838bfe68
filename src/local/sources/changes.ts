/** Tells a text only when the one before was another: what tries again and again says once what is wrong. */
export function tellChanges(tell: (text: string) => void): (text: string) => void {
  let last = ''
  return (text) => {
    if (text !== last) tell(text)
    last = text
  }
}
