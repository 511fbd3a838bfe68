import type { ArtifactRef } from './artifact.ts'
import type { Diagnostic, Pointer } from './diagnostic.ts'
import type { Service } from './service.ts'

export type Id = string

/** The unit that a deploy moves: one thing on the platform, in the platform's own words. */
export interface Resource<S extends object = object> {
  /** Unique in the service, such as `function/login`. */
  readonly id: Id
  readonly type: string
  readonly spec: S
  readonly at?: Pointer
  /** The deployed function that it belongs to, where it belongs to one. */
  readonly fn?: string
}

/** A field of another resource, known when that one exists. It is also the dependency. */
export interface Ref {
  readonly $ref: Id
  readonly field: string
}

export function isRef(value: unknown): value is Ref {
  return typeof value === 'object' && value !== null && typeof (value as Ref).$ref === 'string'
}

/** A file of the platform's own spec, as data; the caller writes YAML or JSON. */
export interface SpecFile {
  /** File name, such as `template.yaml`. */
  readonly path: string
  readonly format: 'yaml' | 'json'
  readonly data: unknown
}

export interface Translation {
  readonly resources: readonly Resource[]
  readonly diagnostics: readonly Diagnostic[]
}

/** Deployed function -> its code. */
export type ArtifactRefs = Readonly<Record<string, ArtifactRef>>

/** Pure: no clock, no chance, no environment, no I/O. The same service gives the same bytes. */
export interface Translator {
  translate(service: Service, artifacts: ArtifactRefs): Translation
  /** The platform's spec file of these resources. */
  render(service: Service, resources: readonly Resource[]): readonly SpecFile[]
}
