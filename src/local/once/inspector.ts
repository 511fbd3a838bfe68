import type { DebuggerAddress } from './once-call.ts'

/** What Node.js tells on stderr to who has opened its inspector by hand. */
export function isOfInspector(text: string): boolean {
  return OF_INSPECTOR.test(text)
}

/** The address, when this line tells it. */
export function addressIn(text: string): DebuggerAddress | undefined {
  const url = /^Debugger listening on (ws:\/\/\S+)$/.exec(text)?.[1]
  if (url === undefined) return undefined
  const address = url.replace(/^ws:\/\//, '')
  return { url, devtools: `devtools://devtools/bundled/js_app.html?experiments=true&v8only=true&ws=${address}` }
}

const OF_INSPECTOR =
  /^(Debugger (listening on|ending on|attached)|Starting inspector on|For help, see: |Waiting for the debugger to )/
