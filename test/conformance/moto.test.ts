import { spawn } from 'node:child_process'
import { createServer, request } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { has, motoServer } from '../peers.ts'
import { aws } from './aws.ts'
import { Bench, type Tree } from './edition.ts'

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true'
const load = createRequire(resolve(import.meta.dirname, '../../plugins/aws/package.json'))

// Another party's AWS. It has no states that pass and accepts what is there twice, so it judges the words and not the
// order: our own emulator is the strict one. It also keeps nine settings of a function only, and answers GetAuthorizers with
// a fault of its own, so the test says in its place that there are none.
describe.skipIf(!has('moto'))('moto', () => {
  it('bears a deploy: the plan is empty afterwards, and a removal leaves nothing', { timeout: 120_000 }, async () => {
    const moto = await startMoto()
    const bench = new Bench({ ...aws, settings: { region: 'us-east-1', endpoint: moto.address } })
    try {
      const send = clientsOf(moto.address)
      await send('s3', 'S3Client', 'CreateBucketCommand', { Bucket: 'photos' })
      await send('cloudwatch-logs', 'CloudWatchLogsClient', 'CreateLogGroupCommand', { logGroupName: 'app' })
      await send('sns', 'SNSClient', 'CreateTopicCommand', { Name: 'news' })
      const service = {
        get: { memorySize: 256, events: [{ http: 'GET /posts/:id' }] },
        tick: {
          environment: { ALPHA: '1' },
          events: [
            { timer: { cron: '0 8 * * *' } },
            { os: { bucket: 'photos', events: ['created'], filter: { prefix: 'in/' } } },
            { mq: { topic: 'news' } },
            { eventbus: { pattern: { source: ['orders'] } } },
            { log: { source: 'app', filter: 'ERROR' } },
            { mqtt: { topic: 'things/+/state' } },
          ],
        },
      }
      const certificate = { arn: `arn:aws:acm:us-east-1:123456789012:certificate/c` }
      const LogGroup = {
        Type: 'AWS::Logs::LogGroup',
        Properties: { LogGroupName: '/aws/lambda/shop-dev-tick', RetentionInDays: 14 },
      }
      bench.write(service, { domain: { name: 'api.example.com', certificate }, resources: { aws: { LogGroup } } })
      const began = performance.now()
      await bench.deploy()
      const firstMs = performance.now() - began
      expect(await bench.plan()).toEqual([])
      const again = performance.now()
      expect((await bench.deploy()).counts).toEqual({})
      console.log(`on moto: deploy ${seconds(firstMs)}, nothing changed ${seconds(performance.now() - again)}`)
      const { Functions } = (await send('lambda', 'LambdaClient', 'ListFunctionsCommand', {})) as { Functions: Tree[] }
      expect(Functions.map(({ FunctionName, MemorySize }) => [FunctionName, MemorySize]).sort()).toEqual([
        ['shop-dev-get', 256],
        ['shop-dev-tick', 512],
      ])
      const { Items } = (await send('apigatewayv2', 'ApiGatewayV2Client', 'GetApisCommand', {})) as { Items: Tree[] }
      const ApiId = Items[0]?.['ApiId']
      const routes = (await send('apigatewayv2', 'ApiGatewayV2Client', 'GetRoutesCommand', { ApiId })) as {
        Items: Tree[]
      }
      expect(routes.Items.map(({ RouteKey }) => RouteKey)).toContain('GET /posts/{id}')
      await bench.remove()
      const left = await Promise.all([
        send('lambda', 'LambdaClient', 'ListFunctionsCommand', {}),
        send('iam', 'IAMClient', 'ListRolesCommand', {}),
        send('apigatewayv2', 'ApiGatewayV2Client', 'GetApisCommand', {}),
        send('scheduler', 'SchedulerClient', 'ListSchedulesCommand', {}),
        send('eventbridge', 'EventBridgeClient', 'ListRulesCommand', {}),
        send('sns', 'SNSClient', 'ListSubscriptionsCommand', {}),
        send('iot', 'IoTClient', 'ListTopicRulesCommand', {}),
        send('cloudwatch-logs', 'CloudWatchLogsClient', 'DescribeLogGroupsCommand', {}),
        send('cloudwatch-logs', 'CloudWatchLogsClient', 'DescribeSubscriptionFiltersCommand', { logGroupName: 'app' }),
        send('apigatewayv2', 'ApiGatewayV2Client', 'GetDomainNamesCommand', {}),
        send('s3', 'S3Client', 'GetBucketNotificationConfigurationCommand', { Bucket: 'photos' }),
      ])
      expect(JSON.stringify(left)).not.toMatch(/shop|example/)
    } finally {
      moto.stop()
      await bench.close()
    }
  })
})

type Send = (client: string, Client: string, Command: string, input: object) => Promise<Tree>

function clientsOf(endpoint: string): Send {
  const credentials = { accessKeyId: 'id', secretAccessKey: 'secret' }
  return async (client, Client, Command, input) => {
    const sdk = load(`@aws-sdk/client-${client}`) as Record<
      string,
      new (
        config: object,
      ) => { send(command: object): Promise<Tree> }
    >
    const made = new (sdk[Client] as NonNullable<(typeof sdk)[string]>)({
      endpoint,
      credentials,
      region: 'us-east-1',
      forcePathStyle: true,
    })
    return await made.send(new (sdk[Command] as NonNullable<(typeof sdk)[string]>)(input))
  }
}

async function startMoto(): Promise<{ address: string; stop(): void }> {
  const child = spawn(motoServer() ?? '', ['-H', '127.0.0.1', '-p', '0'], {
    env: { ...process.env, MOTO_IAM_LOAD_MANAGED_POLICIES: 'true', PYTHONUNBUFFERED: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const address = await new Promise<string>((found, fail) => {
    let text = ''
    const read = (chunk: Buffer): void => {
      text += chunk.toString()
      const match = /http:\/\/127\.0\.0\.1:\d+/.exec(text)
      if (match) found(match[0])
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('exit', () => fail(new Error(text)))
  })
  const front = createServer((incoming, response) => {
    if (/^\/v2\/apis\/\w+\/authorizers/.test(incoming.url ?? '')) return void response.end('{"items":[]}')
    const { method, headers, url } = incoming
    const onward = request(`${address}${url}`, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(response)
    })
    onward.once('error', () => response.destroy())
    incoming.pipe(onward)
  })
  await new Promise<void>((done) => front.listen(0, '127.0.0.1', done))
  const stop = (): void => {
    front.closeAllConnections()
    front.close()
    child.kill()
  }
  return { address: `http://127.0.0.1:${(front.address() as AddressInfo).port}`, stop }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`
}
