/** The programmatic API: what the commands do, as functions. Each takes its options and what it may use of the world. */

export * from '@anyfaas/kit'
export type { CheckOptions, CheckResult } from './actions/check.ts'
export { check } from './actions/check.ts'
export { defineService } from './actions/define.ts'
export type { DeployOptions, DeployResult } from './actions/deploy.ts'
export { deploy } from './actions/deploy.ts'
export type { DoctorResult } from './actions/doctor.ts'
export { doctor } from './actions/doctor.ts'
export type { InfoOptions, InfoResult } from './actions/info.ts'
export { info } from './actions/info.ts'
export type { InitOptions, InitResult } from './actions/init.ts'
export { init } from './actions/init.ts'
export type { InvokeOptions, InvokeResult } from './actions/invoke.ts'
export { invoke } from './actions/invoke.ts'
export type { RemoteInvokeOptions, RemoteInvokeResult } from './actions/invoke-remote.ts'
export { invokeRemote } from './actions/invoke-remote.ts'
export type { ActionIo } from './actions/io.ts'
export type { LogsOptions, LogsResult } from './actions/logs.ts'
export { logs } from './actions/logs.ts'
export type { MetricsOptions, MetricsResult } from './actions/metrics.ts'
export { metrics } from './actions/metrics.ts'
export type { PackageActionOptions, PackageResult } from './actions/package.ts'
export { packageService } from './actions/package.ts'
export type { PlanOptions, PlanResult } from './actions/plan.ts'
export { plan } from './actions/plan.ts'
export type { PrintOptions, PrintResult } from './actions/print.ts'
export { print } from './actions/print.ts'
export type { RemoveOptions, RemoveResult } from './actions/remove.ts'
export { remove } from './actions/remove.ts'
export type { TranslateOptions, TranslateResult } from './actions/translate.ts'
export { translate } from './actions/translate.ts'
export type {
  AliasOptions,
  RollbackOptions,
  ShiftOptions,
  ShiftResult,
  VersionsOptions,
  VersionsResult,
} from './actions/versions.ts'
export { promote, publish, rollback, setAlias, versions } from './actions/versions.ts'
