import { changes, type Diagnostic, type Plan, type Severity, secretsIn } from '@anyfaas/kit'
import { secretEnvOf } from './connection.ts'
import type { ActionIo } from './io.ts'
import type { Project } from './project.ts'

/**
 * The secrets that a plan needs and the deployer's environment does not have: SLS7006, one for each, at the first thing that
 * needs it. What is kept as it is needs none.
 */
export function lackingSecrets(plan: Plan, project: Project, io: ActionIo, severity: Severity): readonly Diagnostic[] {
  const env = secretEnvOf(project, io)
  const needing = new Map<string, { id: string; at?: string; more: number }>()
  for (const { desired } of changes(plan)) {
    if (!desired) continue
    for (const name of secretsIn(desired.spec)) {
      if (env[name] !== undefined) continue
      const known = needing.get(name)
      if (known) known.more += 1
      else needing.set(name, { id: desired.id, ...(desired.at !== undefined && { at: desired.at }), more: 0 })
    }
  }
  return [...needing].map(([name, { id, at, more }]) => {
    const who = more === 0 ? `${id} needs` : `${id} and ${more} more need`
    return {
      code: 'SLS7006',
      severity,
      message: `${who} the secret "${name}", which the environment does not have`,
      ...(at !== undefined && { pointer: at, on: 'key' }),
      help: [`${name}=… sls deploy, or a line in .env`],
    } as const
  })
}
