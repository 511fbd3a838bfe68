import type { Fc2Emulator } from '../emulators/fc2/emulator.ts'
import type { Fc3Emulator } from '../emulators/fc3/emulator.ts'

/** 4 calls of 10, 20, 30 and 40 ms in the last two minutes, 1 of them failed; 2 more were throttled. */
export function measureFour(
  { neighbours }: Fc2Emulator | Fc3Emulator,
  dimensions: Readonly<Record<string, string>>,
): void {
  const now = Math.floor(Date.now() / 60_000) * 60_000
  const minutes = [
    { calls: 3, errors: 1, throttles: 1, average: 20, longest: 30 },
    { calls: 1, errors: 0, throttles: 1, average: 40, longest: 40 },
  ]
  for (const [index, { calls, errors, throttles, average, longest }] of minutes.entries()) {
    const point = (metric: string, Value: number): void => {
      neighbours.points.push({ metric, timestamp: now - index * 60_000, Value, dimensions })
    }
    point('FunctionTotalInvocations', calls)
    point('FunctionFunctionErrors', errors)
    point('FunctionConcurrencyThrottles', throttles)
    point('FunctionAvgDuration', average)
    point('FunctionMaxDuration', longest)
  }
}
