import { canonicalRuntime, type Fn, type Machine, treeAt } from '@anyfaas/kit'
import { facts } from './facts.ts'

/**
 * Amazon Linux 2023 has glibc 2.34, Amazon Linux 2 has 2.26. Graviton is asked for by a raw setting.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
 */
export function machineOf(fn: Fn): Machine {
  const archs = treeAt(fn.overrides['aws'], ['Architectures'])
  const arch = Array.isArray(archs) && archs.includes('arm64') ? 'arm64' : 'x64'
  const libcVersion = ON_AMAZON_LINUX_2.test(canonicalRuntime(facts, fn.runtime)) ? '2.26' : '2.34'
  return { os: 'linux', arch, libc: 'glibc', libcVersion }
}

const ON_AMAZON_LINUX_2 = /^(?:nodejs1[68]|python3\.(?:9|10|11)|java(?:8|11|17)|dotnet6|ruby3\.2)$/
