// What platforms say of a call in headers, each in its own words. Function Compute:
// https://www.alibabacloud.com/help/en/functioncompute/fc/user-guide/principles ; SCF's web functions:
// https://cloud.tencent.com/document/product/583/56124 ; the web adapter of Lambda sends its context as JSON:
// https://github.com/awslabs/aws-lambda-web-adapter

/** Field of a call -> the headers that bear it, the first one counts. */
export const FIELDS = {
  requestId: ['x-fc-request-id', 'x-scf-request-id', 'x-amzn-request-id', 'x-request-id'],
  function: ['x-fc-function-name', 'x-scf-name'],
  region: ['x-fc-region', 'x-scf-region'],
  memoryMb: ['x-fc-function-memory', 'x-scf-memory'],
  timeoutSec: ['x-fc-function-timeout', 'x-scf-timeout'],
  accountId: ['x-fc-account-id', 'x-scf-uin'],
} as const

/** Temporary keys of the function's role. */
export const CREDENTIALS = {
  id: 'x-fc-access-key-id',
  secret: 'x-fc-access-key-secret',
  token: 'x-fc-security-token',
} as const

/** What the call is for, where a platform says it: `/invoke`, `/http-invoke`, `/initialize`, `/pre-stop`. */
export const CONTROL_PATH = 'x-fc-control-path'

/** Sent by the platform that finds its calls in what is printed. */
export const CUT_LOG = 'x-fc-request-id'

/** Told with an answer whether the function has worked. */
export const STATUS = 'x-fc-status'

export const CONTEXT = 'x-amzn-lambda-context'

/** Variables that say where to listen, the first one counts. */
export const PORTS = ['PORT', 'FC_SERVER_PORT', 'AWS_LWA_PORT'] as const
