import {
  type DeployedTrigger,
  type Diagnostic,
  type Fn,
  type HttpTrigger,
  joinHttp,
  judgeRoutes,
  type MappedTrigger,
  mapTriggers,
  methodsIn,
  subjectOf,
  type TriggerTable,
  triggersOf,
} from '@anyfaas/kit'

export interface FunctionTriggers {
  readonly mapped: readonly MappedTrigger[]
  /** The one http trigger that stands for all routes. */
  readonly http?: DeployedTrigger<HttpTrigger>
  readonly diagnostics: readonly Diagnostic[]
}

/** The triggers of a function by an edition's table: one http trigger with every method that a route takes, and the others. */
export function mapFunctionTriggers(fn: Fn, table: TriggerTable, platform: string): FunctionTriggers {
  const subject = subjectOf(fn, platform)
  const { joined, diagnostics } = joinHttp(fn, subject)
  const http = joined && { ...joined, trigger: { ...joined.trigger, methods: methodsIn([joined.trigger]) } }
  const others = triggersOf(fn).filter(({ trigger }) => trigger.kind !== 'http')
  const routes = mapTriggers(http ? [http] : [], table, subject)
  const mapped = mapTriggers(others, table, subject)
  return {
    mapped: [...routes.triggers, ...mapped.triggers],
    ...(http && { http }),
    diagnostics: [...diagnostics, ...judgeRoutes(fn, table, subject), ...mapped.diagnostics],
  }
}
