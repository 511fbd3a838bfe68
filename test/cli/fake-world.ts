import type { World } from '../../src/cli/world.ts'
import { createPaper, type Paper } from '../ui/paper.ts'

/** A world without a process: no terminal, nobody at the keyboard. */
export interface FakeWorld extends World {
  readonly sheet: Paper
}

export function createFakeWorld(cwd: string, env: Record<string, string> = {}): FakeWorld {
  // Both on one sheet, in the order of a terminal.
  const sheet = createPaper()
  return {
    env,
    cwd,
    platform: 'linux',
    out: sheet,
    err: sheet,
    sheet,
    keyboard: () => undefined,
    interrupt: () => undefined,
    onInterrupt: () => undefined,
    onCrash: () => undefined,
    end: (status) => {
      throw new Error(`ended with ${status}`)
    },
  }
}
