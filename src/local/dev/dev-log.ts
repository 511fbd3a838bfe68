import type { LogLine } from '@anyfaas/kit'
import { addressIn, isOfInspector } from '../once/inspector.ts'
import type { DebuggerAddress } from '../once/once-call.ts'
import type { ServiceLog } from '../platform/logs/service-log.ts'

export interface LogListeners {
  readonly onLog: (line: LogLine) => void
  readonly onDebugger: (name: string, address: DebuggerAddress) => void
}

/** Tells what a session prints until the signal aborts, without what its reloads and its debugger tell by themselves. */
export async function followLog(log: ServiceLog, listeners: LogListeners, signal: AbortSignal): Promise<void> {
  try {
    for await (const line of log.read({ functions: [], follow: true }, signal)) {
      const address = line.stream === 'err' ? addressIn(line.text) : undefined
      if (address) listeners.onDebugger(line.function, address)
      else if (!isNoise(line)) listeners.onLog(line)
    }
  } catch (thrown) {
    if (!signal.aborted) throw thrown
  }
}

// What a reload is told by itself.
function isNoise({ stream, text }: LogLine): boolean {
  if (stream === 'err') return isOfInspector(text)
  return stream === 'sys' && /^(deployed$|a new version is deployed$|not deployed: )/.test(text)
}
