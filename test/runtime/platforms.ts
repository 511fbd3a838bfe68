import { emulator as fc2 } from '../../plugins/aliyun/src/runtime/fc2/emulator.ts'
import { start as startFc2 } from '../../plugins/aliyun/src/runtime/fc2/start.ts'
import { emulator as fc3 } from '../../plugins/aliyun/src/runtime/fc3/emulator.ts'
import { start as startFc3 } from '../../plugins/aliyun/src/runtime/fc3/start.ts'
import { gatewayEmulator } from '../../plugins/aliyun/src/runtime/gateway-emulator.ts'
import { serverProtocol as fcServer } from '../../plugins/aliyun/src/runtime/server-protocol.ts'
import { lambdaWith } from '../../plugins/aws/src/runtime/lambda/emulator.ts'
import { loadBalancer, multiValueLoadBalancer, restApi } from '../../plugins/aws/src/runtime/lambda/shape-v1.ts'
import { httpApi, functionUrl as lambdaUrl } from '../../plugins/aws/src/runtime/lambda/shape-v2.ts'
import { start as startLambda } from '../../plugins/aws/src/runtime/lambda/start.ts'
import { scfWith } from '../../plugins/tencent/src/runtime/scf/emulator.ts'
import { serverProtocol as scfServer } from '../../plugins/tencent/src/runtime/scf/server-protocol.ts'
import { apiGateway, functionUrl as scfUrl } from '../../plugins/tencent/src/runtime/scf/shapes.ts'
import { start as startScf } from '../../plugins/tencent/src/runtime/scf/start.ts'
import type { CallInfo, Emulator, Entry, EventCall, HttpAnswer } from '../../src/kit/src/index.ts'
import { emulator as local } from '../../src/local/runtime/emulator.ts'
import { start as startLocal } from '../../src/local/runtime/start.ts'
import { httpCall, type Request, type Shape } from '../../src/runtime/conformance/index.ts'
import type { Manifest, Member, Start } from '../../src/runtime/src/index.ts'
import { exceptions } from './exceptions.ts'
import { serverWith, startServer } from './server-shape.ts'
import { startStreamed, streamedUrl } from './stream-shape.ts'

export { httpCall, type Request }

/** A shape, with the exceptions that it is known to have. */
export interface Platform extends Shape {
  readonly emulator: Emulator
}

const shapes: readonly Platform[] = [
  { name: 'local', start: startLocal, emulator: local },
  { name: 'fc2 http trigger', start: startFc2, emulator: fc2 },
  { name: 'fc2 gateway', start: startFc2, emulator: gatewayEmulator },
  { name: 'fc3 http trigger', start: startFc3, emulator: fc3 },
  { name: 'fc3 gateway', start: startFc3, emulator: gatewayEmulator },
  { name: 'fc custom runtime', start: startServer, emulator: serverWith(fcServer) },
  { name: 'scf function url', start: startScf, emulator: scfWith(scfUrl) },
  { name: 'scf gateway', start: startScf, emulator: scfWith(apiGateway) },
  { name: 'scf web function', start: startServer, emulator: serverWith(scfServer) },
  { name: 'lambda http api', start: startLambda, emulator: lambdaWith(httpApi) },
  { name: 'lambda function url', start: startLambda, emulator: lambdaWith(lambdaUrl) },
  { name: 'lambda function url, streamed', start: startStreamed, emulator: streamedUrl },
  { name: 'lambda rest api', start: startLambda, emulator: lambdaWith(restApi) },
  { name: 'lambda load balancer', start: startLambda, emulator: lambdaWith(loadBalancer) },
  { name: 'lambda multi-value load balancer', start: startLambda, emulator: lambdaWith(multiValueLoadBalancer) },
]

export const platforms: readonly Platform[] = shapes.map((shape) => ({
  ...shape,
  except: exceptions[shape.name] ?? {},
}))

/** Those that also send events, one of each runtime. */
export const senders = platforms.filter(({ name }) =>
  ['local', 'fc2 http trigger', 'fc3 http trigger', 'scf function url', 'lambda http api'].includes(name),
)

export const info: CallInfo = {
  service: 'shop',
  function: 'front',
  stage: 'dev',
  requestId: 'request-1',
  time: Date.UTC(2026, 0, 2, 3, 4, 5),
  timeoutSec: 3,
  memoryMb: 512,
  region: 'cn-hangzhou',
}

export type Module = Readonly<Record<string, unknown>>

export function member(name: string, rest: Partial<Member> = {}): Member {
  return { name, handler: 'handler', signature: 'context', routes: [], triggers: [], timeoutSec: 3, ...rest }
}

export function manifestOf(members: readonly Member[]): Manifest {
  return { service: 'shop', stage: 'dev', provider: 'any', function: 'front', members }
}

/** An artifact's entry, from members and the modules that their files would be. */
export function entryOf(start: Start, members: readonly Member[], modules: Readonly<Record<string, Module>>): Entry {
  const loaders = Object.fromEntries(members.map(({ name }) => [name, { handler: async () => modules[name] }]))
  return start(manifestOf(members), loaders) as unknown as Entry
}

export async function send(platform: Platform, entry: Entry, request: Request): Promise<HttpAnswer> {
  const answer = await platform.emulator.call(entry, httpCall(request), info)
  if (answer.kind !== 'http') throw new Error('not an HTTP answer')
  return answer
}

export async function fire(
  platform: Platform,
  entry: Entry,
  call: Omit<EventCall, 'kind'> & { kind: EventCall['kind'] },
): Promise<unknown> {
  const answer = await platform.emulator.call(entry, call, info)
  if (answer.kind !== 'value') throw new Error('not a value')
  return answer.value
}

export function header(answer: HttpAnswer, name: string): string | undefined {
  return headers(answer, name)[0]
}

export function headers(answer: HttpAnswer, name: string): string[] {
  return answer.headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value)
}

export function text(answer: HttpAnswer): string {
  return Buffer.from(answer.body).toString('utf8')
}
