import type { LayerStack } from './layer-stack.ts'
import { consoleLogger } from './logger.ts'

/** Runs `beforeClose` of every function's layers, the last started first. A failure is logged: the end comes anyway. */
export async function closeLayers(stacks: readonly LayerStack[]): Promise<void> {
  for (const { layer, runtime } of [...stacks].reverse()) {
    try {
      await layer.beforeClose?.(runtime)
    } catch (error) {
      consoleLogger.error(`function "${runtime.function}": beforeClose of its layers failed:`, error)
    }
  }
}

export interface Health {
  readonly ok: boolean
  /** Function -> what its layers found wrong. */
  readonly problems: Readonly<Record<string, string>>
}

/** Asks every function's layers how they are. */
export async function askHealth(stacks: readonly LayerStack[]): Promise<Health> {
  const problems: Record<string, string> = {}
  for (const { layer, runtime } of stacks) {
    try {
      await layer.health?.()
    } catch (error) {
      problems[runtime.function] = error instanceof Error ? error.message : String(error)
    }
  }
  return { ok: Object.keys(problems).length === 0, problems }
}
