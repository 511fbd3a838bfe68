import type { Artifact, Service } from '@anyfaas/kit'
import type { Secrets } from '../../deploy/revealed.ts'
import type { Fc2Client } from './client.ts'

/** What the drivers of one connection share. */
export interface Site extends Secrets {
  readonly client: Fc2Client
  readonly service: Service
  /** The platform's service that all functions stand in. */
  readonly serviceName: string
  readonly artifacts: readonly Artifact[]
  /** Function -> the seal of its code. */
  readonly seals: Readonly<Record<string, string>>
}
