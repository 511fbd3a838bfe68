import { createRequire } from 'node:module'
import type { Tree } from '@anyfaas/kit'

// The vendor's packages take up to a tenth of a second each: one is loaded where a call needs it.
const load = createRequire(import.meta.url)

const CLIENTS = {
  apigateway: ['apigatewayv2', 'ApiGatewayV2Client'],
  cloudwatch: ['cloudwatch', 'CloudWatchClient'],
  events: ['eventbridge', 'EventBridgeClient'],
  iam: ['iam', 'IAMClient'],
  iot: ['iot', 'IoTClient'],
  lambda: ['lambda', 'LambdaClient'],
  logs: ['cloudwatch-logs', 'CloudWatchLogsClient'],
  s3: ['s3', 'S3Client'],
  scheduler: ['scheduler', 'SchedulerClient'],
  sns: ['sns', 'SNSClient'],
  sts: ['sts', 'STSClient'],
  tagging: ['resource-groups-tagging-api', 'ResourceGroupsTaggingAPIClient'],
} as const

export type ServiceName = keyof typeof CLIENTS

/** A client of one of the vendor's services. */
export interface SdkClient {
  readonly middlewareStack: {
    add(middleware: Middleware, options: { readonly step: 'deserialize'; readonly name: string }): void
    remove(name: string): boolean
  }
  send(command: object, options: { readonly abortSignal: AbortSignal }): Promise<Tree>
  destroy(): void
  readonly config: {
    region(): Promise<string>
    credentials(): Promise<{ readonly accessKeyId: string; readonly sessionToken?: string }>
  }
}

type Middleware = (next: (given: Tree) => Promise<Answered>) => (given: Tree) => Promise<Answered>

interface Answered {
  readonly response: { readonly headers?: Readonly<Record<string, string>> }
}

export function makeClient(service: ServiceName, config: object): SdkClient {
  const Client = packageOf(service)[CLIENTS[service][1]] as new (config: object) => SdkClient
  return new Client(config)
}

/** A call by its name, such as `CreateFunction`. */
export function makeCommand(service: ServiceName, action: string, input: object): object {
  const Command = packageOf(service)[`${action}Command`] as new (input: object) => object
  return new Command(input)
}

function packageOf(service: ServiceName): Readonly<Record<string, unknown>> {
  // It warns on standard error of a Node.js that it will leave behind one day.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'
  return load(`@aws-sdk/client-${CLIENTS[service][0]}`) as Readonly<Record<string, unknown>>
}
