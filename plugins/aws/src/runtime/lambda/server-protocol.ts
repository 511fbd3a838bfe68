import type { ServerProtocol } from '@anyfaas/kit'

/** What the web adapter tells a server. https://github.com/awslabs/aws-lambda-web-adapter */
export const serverProtocol: ServerProtocol = {
  eventPath: '/invoke',
  headers: (call, info) => [
    ['x-amzn-request-context', JSON.stringify({ requestId: info.requestId, stage: '$default' })],
    [
      'x-amzn-lambda-context',
      JSON.stringify({
        request_id: info.requestId,
        deadline: info.time + info.timeoutSec * 1000,
        invoked_function_arn: `arn:aws:lambda:${info.region}:123456789012:function:${info.function}`,
        env_config: { function_name: info.function, memory: info.memoryMb, version: '$LATEST' },
      }),
    ],
    ...(call.kind === 'http' ? [] : [['content-type', 'application/json'] as const]),
  ],
}
