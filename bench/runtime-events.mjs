// A function, and the same request as each platform sends it: twelve headers with values as long as a browser's.
const headers = {
  host: 'shop.example.com',
  accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
  'accept-encoding': 'gzip, deflate, br, zstd',
  'accept-language': 'en-GB,en;q=0.9,de;q=0.8',
  'cache-control': 'max-age=0',
  cookie: 'session=6f1c0a7e4b2d4d0f9a3e; theme=dark; seen=1767323045',
  referer: 'https://shop.example.com/users?page=2',
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  'x-forwarded-for': '192.0.2.1',
  'x-forwarded-port': '443',
  'x-forwarded-proto': 'https',
  'x-request-id': '1-69573a65-0c5d1c2f3e4d5b6a7c8d9e0f',
}
const http = {
  method: 'GET',
  path: '/users/42',
  protocol: 'HTTP/1.1',
  sourceIp: '192.0.2.1',
  userAgent: headers['user-agent'],
}

export const lambdaEvent = {
  version: '2.0',
  routeKey: '$default',
  rawPath: '/users/42',
  rawQueryString: 'x=1',
  headers,
  queryStringParameters: { x: '1' },
  requestContext: {
    accountId: '123456789012',
    apiId: 'abcdef1234',
    domainName: 'abcdef1234.execute-api.eu-west-1.amazonaws.com',
    domainPrefix: 'abcdef1234',
    http,
    requestId: 'JKJaXmPLvHcESHA=',
    routeKey: '$default',
    stage: '$default',
    time: '02/Jan/2026:03:04:05 +0000',
    timeEpoch: 1767323045000,
  },
  isBase64Encoded: false,
}
export const lambdaContext = { awsRequestId: 'r', getRemainingTimeInMillis: () => 3000 }

export const gatewayEvent = {
  path: '/users/42',
  httpMethod: 'GET',
  headers,
  queryParameters: { x: '1' },
  pathParameters: {},
  body: '',
  isBase64Encoded: false,
}

export const triggerEvent = Buffer.from(
  JSON.stringify({
    version: 'v1',
    rawPath: '/users/42',
    headers,
    queryParameters: { x: '1' },
    body: '',
    isBase64Encoded: false,
    requestContext: {
      accountId: '1000000000000001',
      domainName: 'users-shop-abcdefghij.cn-hangzhou.fcapp.run',
      domainPrefix: 'users-shop-abcdefghij',
      requestId: '1-69573a65-0c5d1c2f3e4d',
      time: '2026-01-02T03:04:05Z',
      timeEpoch: '1767323045000',
      http,
    },
  }),
)
export const fcContext = { requestId: 'r', function: { timeout: 3 } }

const member = {
  name: 'users',
  handler: 'handler',
  signature: 'context',
  routes: [{ path: '/users/:id', methods: ['GET'] }],
  triggers: [],
  timeoutSec: 3,
}
export const manifest = { service: 'bench', stage: 'dev', provider: 'any', function: 'users', members: [member] }
