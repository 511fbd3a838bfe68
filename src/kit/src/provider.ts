import type { Connector } from './connection.ts'
import type { Machine } from './machine.ts'
import type { Range } from './range.ts'
import type { Translator } from './resource.ts'
import type { Fn } from './service.ts'
import type { FnTable, TriggerTable } from './tables.ts'

/**
 * A provider is data and doors that open late. Its module is a literal that imports no SDK;
 * what costs time to load stands behind a function.
 */
export interface Provider {
  /** Canonical, as in `provider.name`: `aliyun`. */
  readonly name: string
  readonly title: string
  readonly aliases: readonly string[]
  /** The platforms that it translates to; the first is the default. */
  readonly targets: readonly [Target, ...Target[]]
}

/** One platform of a provider: an edition with its own spec, facts and runtime. */
export interface Target {
  /** As in `provider.edition`; absent where the provider has one platform only. */
  readonly edition?: string
  readonly title: string
  readonly facts: Facts
  readonly fields: FnTable
  readonly triggers: TriggerTable
  readonly translate: () => Promise<Translator>
  readonly runtime: RuntimeDoor
  /** What a function's code runs on; Linux on x64 when missing. */
  readonly machineOf?: (fn: Fn) => Machine
  /** The alias that events of a function call which name none; the newest code when missing. */
  readonly aliasOf?: (fn: Fn) => string | undefined
  /** A deploy may say on which host and port the service answers. */
  readonly choosesAddress?: boolean
  /** Absent when this version has no way to deploy to the platform itself. */
  readonly connect?: () => Promise<Connector>
}

/** The half of the runtime that knows this platform. Both are file URLs of CommonJS bundles without dependencies. */
export interface RuntimeDoor {
  /** Exports `start(manifest, loaders)`, which returns what the platform calls. It ships in artifacts. */
  readonly entry: URL
  /** Exports `emulator`; it runs on the developer's machine only. */
  readonly emulator: URL
  /** Artifacts stay on the machine of their sources: source maps hold them, so that failures can show them. */
  readonly withSources?: boolean
}

/** What the platform is, as data: used by validation, translation and the docs. */
export interface Facts {
  /** Where this was read: page titles or addresses. */
  readonly source: readonly string[]
  /** Canonical runtime -> the platform's id. An id outside it passes through with a warning. */
  readonly runtimes: Readonly<Record<string, RuntimeFact>>
  /** What `nodejs` means here: a canonical runtime. */
  readonly nodejs: string
  readonly memoryMb: Range
  readonly timeoutSec: Range
  readonly functionName: NameRule
  /** The longest environment that the platform takes, in bytes of all names and values. */
  readonly environmentBytes?: number
  /** What a variable's name has to look like. */
  readonly environmentName?: RegExp
  /** Names that the platform keeps for itself. */
  readonly reservedEnvironment?: RegExp
  readonly defaultRegion: string
  /** Largest artifact that can be sent, bytes of the zip and bytes unpacked. */
  readonly zipBytes?: number
  readonly unzippedBytes?: number
}

export interface RuntimeFact {
  readonly id: string
  /** Of a runtime that is no longer maintained: the ISO date from which on the platform refuses to create functions with it. */
  readonly endOfLife?: string
  /** The file that the platform starts, where it is not the one that the handler or the command names. */
  readonly program?: string
  /** The folders in which the platform keeps interpreters outside of its PATH, best first. */
  readonly path?: readonly string[]
}

export interface NameRule {
  readonly pattern: RegExp
  readonly maxLength: number
  /** In words, for the message. */
  readonly words: string
}

export const LATEST_NODE = 'nodejs'

/** The platform's runtime id, or undefined when the table has no such runtime. */
export function runtimeId(facts: Facts, runtime: string): string | undefined {
  return facts.runtimes[canonicalRuntime(facts, runtime)]?.id
}

/** `nodejs` becomes the platform's newest long-term version; everything else stays. */
export function canonicalRuntime(facts: Facts, runtime: string): string {
  return runtime === LATEST_NODE ? facts.nodejs : runtime
}

/** The target of an edition; undefined when the provider has no such edition. */
export function targetOf(provider: Provider, edition: string | undefined): Target | undefined {
  if (edition === undefined) return provider.targets[0]
  return provider.targets.find((target) => target.edition === edition)
}
