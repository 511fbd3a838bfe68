import type { Artifact, Service } from '@anyfaas/kit'
import type { Secrets } from '../../deploy/revealed.ts'
import type { Fc3Client } from './client.ts'

/** What the drivers of one connection share. */
export interface Site extends Secrets {
  readonly client: Fc3Client
  readonly service: Service
  readonly artifacts: readonly Artifact[]
  /** Function -> the seal of its code. */
  readonly seals: Readonly<Record<string, string>>
}
