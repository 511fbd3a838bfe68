import type { Machine } from '@anyfaas/kit'
import { compareVersions } from './elf.ts'
import type { Program } from './program.ts'

/** Why a program cannot run on a machine, in a few words; undefined when it can. */
export function misfit(program: Program, machine: Machine): string | undefined {
  if (program.os !== machine.os || !program.archs.includes(machine.arch)) {
    return `is for ${program.os} ${program.archs.join(' and ')}`
  }
  const { libc, libcVersion } = program
  if (libc !== undefined && machine.libc !== undefined && libc !== machine.libc) return `needs ${libc}`
  if (libcVersion !== undefined && machine.libcVersion !== undefined) {
    if (compareVersions(libcVersion, machine.libcVersion) > 0) return `needs ${libc} ${libcVersion}`
  }
  return undefined
}

/** Such as `linux x64 with glibc 2.34`. */
export function machineWords({ os, arch, libc, libcVersion }: Machine): string {
  const library = libc === undefined ? '' : ` with ${libc}${libcVersion === undefined ? '' : ` ${libcVersion}`}`
  return `${os} ${arch}${os === 'linux' ? library : ''}`
}
