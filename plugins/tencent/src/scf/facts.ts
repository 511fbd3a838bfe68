import type { Facts } from '@anyfaas/kit'

// Web functions find no interpreter by its name alone: https://cloud.tencent.com/document/product/583/56124
const INTERPRETERS = ['node20', 'node18', 'node16', 'python310', 'python39', 'python37'].map(
  (folder) => `/var/lang/${folder}/bin`,
)

export const facts: Facts = {
  source: [
    'API 2018-04-16 CreateFunction',
    'https://www.tencentcloud.com/document/product/583/11637',
    'https://docs.cloudbase.net/cloud-function/runtime-support',
  ],
  runtimes: {
    nodejs12: { id: 'Nodejs12.16' },
    nodejs14: { id: 'Nodejs14.18' },
    nodejs16: { id: 'Nodejs16.13' },
    nodejs18: { id: 'Nodejs18.15' },
    nodejs20: { id: 'Nodejs20.19' },
    'python3.7': { id: 'Python3.7' },
    'python3.9': { id: 'Python3.9' },
    'python3.10': { id: 'Python3.10' },
    java8: { id: 'Java8' },
    java11: { id: 'Java11' },
    go1: { id: 'Go1' },
    'php7.4': { id: 'Php7.4' },
    'php8.0': { id: 'Php8.0' },
    custom: { id: 'CustomRuntime', program: 'scf_bootstrap', path: INTERPRETERS },
    container: { id: 'CustomImage' },
  },
  nodejs: 'nodejs20',
  memoryMb: { min: 128, max: 3072, step: 128, also: [64] },
  timeoutSec: { min: 1, max: 900 },
  functionName: {
    pattern: /^[A-Za-z][A-Za-z0-9_-]{0,58}[A-Za-z0-9]$/,
    maxLength: 60,
    words: 'letters, digits, "_" and "-", first a letter, last a letter or a digit, 2 to 60',
  },
  environmentBytes: 4096,
  environmentName: /^[A-Za-z][A-Za-z0-9_]*$/,
  reservedEnvironment: /^(SCF_|QCLOUD_|TENCENTCLOUD_)/,
  defaultRegion: 'ap-guangzhou',
  // The whole request has at most 10 MB, and the zip travels in it as base64.
  unzippedBytes: 500 * 1024 * 1024,
}
