import type { Bytes } from './bytes.ts'
import { readElf } from './elf.ts'
import type { Program } from './program.ts'

/** Reads the head of an ELF, Mach-O or PE file. Undefined for anything else. */
export function readProgram(bytes: Bytes): Program | undefined {
  const head = bytes.read(0, 64)
  if (head.length < 8) return undefined
  if (head.readUInt32BE(0) === 0x7f454c46) return readElf(bytes)
  if (head.readUInt16BE(0) === 0x4d5a) return readPe(bytes, head)
  return readMachO(bytes, head)
}

// https://learn.microsoft.com/en-us/windows/win32/debug/pe-format
function readPe(bytes: Bytes, head: Buffer): Program | undefined {
  if (head.length < 64) return undefined
  const at = head.readUInt32LE(60)
  const mark = bytes.read(at, 6)
  if (mark.length < 6 || mark.readUInt32LE(0) !== 0x4550) return undefined
  return { os: 'win32', archs: [PE_MACHINES[mark.readUInt16LE(4)] ?? 'unknown'] }
}

const PE_MACHINES: Readonly<Record<number, string>> = { 332: 'ia32', 34404: 'x64', 43620: 'arm64', 452: 'arm' }

// mach-o/loader.h and mach-o/fat.h of macOS.
function readMachO(bytes: Bytes, head: Buffer): Program | undefined {
  const magic = head.readUInt32LE(0)
  if (magic === 0xfeedfacf || magic === 0xfeedface) return { os: 'darwin', archs: [cpuOf(head.readUInt32LE(4))] }
  if (head.readUInt32BE(0) !== 0xcafebabe) return undefined
  const count = head.readUInt32BE(4)
  // A class file of Java begins with the same bytes, and its version follows.
  if (count === 0 || count > 16) return undefined
  const table = bytes.read(8, count * 20)
  const archs = Array.from({ length: Math.floor(table.length / 20) }, (_, index) =>
    cpuOf(table.readUInt32BE(index * 20)),
  )
  return { os: 'darwin', archs }
}

function cpuOf(type: number): string {
  if (type === 0x01000007) return 'x64'
  if (type === 0x0100000c) return 'arm64'
  return type === 7 ? 'ia32' : 'unknown'
}
