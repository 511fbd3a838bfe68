import type { Facts } from '@anyfaas/kit'

export const facts: Facts = {
  source: [
    'API 2015-03-31 CreateFunction',
    'https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html: "block function create" of what is deprecated; its dates as cfn-lint 1.58 has them (LmbdRuntimeLifecycle)',
    'https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html',
  ],
  runtimes: {
    nodejs16: { id: 'nodejs16.x', endOfLife: '2027-02-01' },
    nodejs18: { id: 'nodejs18.x', endOfLife: '2027-02-01' },
    nodejs20: { id: 'nodejs20.x', endOfLife: '2027-02-01' },
    nodejs22: { id: 'nodejs22.x' },
    nodejs24: { id: 'nodejs24.x' },
    'python3.9': { id: 'python3.9', endOfLife: '2027-02-01' },
    'python3.10': { id: 'python3.10', endOfLife: '2027-02-01' },
    'python3.11': { id: 'python3.11' },
    'python3.12': { id: 'python3.12' },
    'python3.13': { id: 'python3.13' },
    java8: { id: 'java8.al2' },
    java11: { id: 'java11' },
    java17: { id: 'java17' },
    java21: { id: 'java21' },
    go1: { id: 'provided.al2023', program: 'bootstrap' },
    dotnet6: { id: 'dotnet6', endOfLife: '2027-02-01' },
    dotnet8: { id: 'dotnet8', endOfLife: '2027-02-01' },
    'ruby3.2': { id: 'ruby3.2', endOfLife: '2027-02-01' },
    'ruby3.3': { id: 'ruby3.3' },
    'ruby3.4': { id: 'ruby3.4' },
    custom: { id: 'provided.al2023', program: 'bootstrap' },
    container: { id: 'container' },
  },
  nodejs: 'nodejs24',
  memoryMb: { min: 128, max: 10_240 },
  timeoutSec: { min: 1, max: 900 },
  functionName: { pattern: /^[A-Za-z0-9_-]+$/, maxLength: 64, words: 'letters, digits, "_" and "-", at most 64' },
  environmentBytes: 4096,
  environmentName: /^[A-Za-z][A-Za-z0-9_]+$/,
  // https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
  reservedEnvironment:
    /^(_HANDLER|_X_AMZN_TRACE_ID|AWS_(DEFAULT_)?REGION|AWS_EXECUTION_ENV|AWS_LAMBDA_(FUNCTION_(NAME|MEMORY_SIZE|VERSION)|INITIALIZATION_TYPE|LOG_(GROUP|STREAM)_NAME|RUNTIME_API)|AWS_ACCESS_KEY(_ID)?|AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN|LAMBDA_(TASK_ROOT|RUNTIME_DIR))$/,
  defaultRegion: 'us-east-1',
  unzippedBytes: 250 * 1024 * 1024,
}
