/** An address without what only its owner may know. */
export function shownAddress(address: string): string {
  if (!URL.canParse(address)) return 'an address that is none'
  const url = new URL(address)
  url.username = ''
  url.password = ''
  return url.href.replace(/[?#].*$/, '')
}
