import type { Facts } from '@anyfaas/kit'

export const facts: Facts = {
  source: [
    'https://www.alibabacloud.com/help/en/functioncompute/fc/runtime-overview-3',
    'https://www.alibabacloud.com/help/en/functioncompute/fc/product-overview/limits-of-usage',
    'API 2023-03-30 CreateFunctionInput; schema of the Serverless Devs component fc3',
  ],
  runtimes: {
    nodejs12: { id: 'nodejs12' },
    nodejs14: { id: 'nodejs14' },
    nodejs16: { id: 'nodejs16' },
    nodejs18: { id: 'nodejs18' },
    nodejs20: { id: 'nodejs20' },
    'python3.9': { id: 'python3.9' },
    'python3.10': { id: 'python3.10' },
    'python3.12': { id: 'python3.12' },
    java8: { id: 'java8' },
    java11: { id: 'java11' },
    go1: { id: 'go1' },
    'php7.2': { id: 'php7.2' },
    'dotnetcore3.1': { id: 'dotnetcore3.1' },
    custom: { id: 'custom.debian12' },
    container: { id: 'custom-container' },
  },
  nodejs: 'nodejs20',
  memoryMb: { min: 128, max: 32_768, step: 64 },
  timeoutSec: { min: 1, max: 86_400 },
  functionName: {
    pattern: /^[A-Za-z_][A-Za-z0-9_-]*$/,
    maxLength: 64,
    words: 'letters, digits, "_" and "-", first a letter or "_", at most 64',
  },
  environmentName: /^[A-Za-z_][A-Za-z0-9_]*$/,
  defaultRegion: 'cn-hangzhou',
  // Over a bucket; a request takes less, and some regions take 100 MB whichever way.
  zipBytes: 500 * 1024 * 1024,
  unzippedBytes: 500 * 1024 * 1024,
}
