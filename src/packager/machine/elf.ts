import type { Bytes } from './bytes.ts'
import type { Program } from './program.ts'

/**
 * The machine, the C library and its least version that an ELF file asks for. https://refspecs.linuxfoundation.org/elf/gabi4+
 * Undefined when the file is damaged.
 */
export function readElf(bytes: Bytes): Program | undefined {
  const head = bytes.read(0, 64)
  if (head.length < 20) return undefined
  const isWide = head[4] === 2
  const isLittle = head[5] === 1
  const arch = MACHINES[isLittle ? head.readUInt16LE(18) : head.readUInt16BE(18)] ?? 'unknown'
  const program: Program = { os: 'linux', archs: [arch] }
  // The C library is looked up only where functions run.
  if (!isWide || !isLittle || head.length < 64) return program
  return { ...program, ...libraryOf(sectionsOf(bytes, head), bytes) }
}

// Node.js has no two names for one machine, except that s390x and ppc64 have a bit size in them.
const MACHINES: Readonly<Record<number, string>> = {
  3: 'ia32',
  21: 'ppc64',
  22: 's390x',
  40: 'arm',
  62: 'x64',
  183: 'arm64',
  243: 'riscv64',
  258: 'loong64',
}

interface Dynamic {
  readonly needed: readonly number[]
  readonly strings: number
  readonly versions?: { readonly at: number; readonly count: number }
}

const PT_LOAD = 1
const PT_DYNAMIC = 2
const TAG = { needed: 1, strings: 5, versions: 0x6ffffffe, versionsCount: 0x6fffffff } as const
// More of anything than a real file has, so that a damaged one ends the reading.
const MANY = 4096
const MAX_NAME_BYTES = 256

function sectionsOf(bytes: Bytes, head: Buffer): Dynamic | undefined {
  const size = head.readUInt16LE(54)
  if (size !== 56) return undefined
  const table = bytes.read(Number(head.readBigUInt64LE(32)), size * Math.min(head.readUInt16LE(56), MANY))
  const parts = Array.from({ length: Math.floor(table.length / size) }, (_, index) => index * size)
  const rows = parts.map((at) => ({
    type: table.readUInt32LE(at),
    offset: Number(table.readBigUInt64LE(at + 8)),
    address: Number(table.readBigUInt64LE(at + 16)),
    length: Number(table.readBigUInt64LE(at + 32)),
  }))
  const dynamic = rows.find(({ type }) => type === PT_DYNAMIC)
  if (!dynamic) return undefined
  const loaded = rows.filter(({ type }) => type === PT_LOAD)
  const offsetOf = (address: number) => {
    const part = loaded.find((each) => address >= each.address && address < each.address + each.length)
    return part ? address - part.address + part.offset : 0
  }
  return readDynamic(bytes.read(dynamic.offset, Math.min(dynamic.length, MANY * 16)), offsetOf)
}

function readDynamic(section: Buffer, offsetOf: (address: number) => number): Dynamic {
  const needed: number[] = []
  const found = new Map<number, number>()
  for (let at = 0; at + 16 <= section.length; at += 16) {
    const tag = Number(section.readBigUInt64LE(at))
    const value = Number(section.readBigUInt64LE(at + 8))
    if (tag === TAG.needed) needed.push(value)
    else found.set(tag, value)
  }
  const versions = found.get(TAG.versions)
  return {
    needed,
    strings: offsetOf(found.get(TAG.strings) ?? 0),
    ...(versions !== undefined && {
      versions: { at: offsetOf(versions), count: Math.min(found.get(TAG.versionsCount) ?? 0, MANY) },
    }),
  }
}

function libraryOf(dynamic: Dynamic | undefined, bytes: Bytes): Pick<Program, 'libc' | 'libcVersion'> {
  if (!dynamic) return {}
  const textAt = (at: number) =>
    bytes
      .read(dynamic.strings + at, MAX_NAME_BYTES)
      .toString('latin1')
      .split('\0')[0] ?? ''
  const libraries = dynamic.needed.map(textAt)
  if (libraries.some((name) => /^(libc\.musl-|ld-musl-)/.test(name))) return { libc: 'musl' }
  if (!libraries.some((name) => /^(libc|libpthread|libm|libdl)\.so\.\d/.test(name))) return {}
  const versions = versionNames(dynamic, bytes).map(textAt)
  const known = versions.flatMap((name) => /^GLIBC_(\d+\.\d+)/.exec(name)?.[1] ?? [])
  const newest = known.sort(compareVersions).at(-1)
  return { libc: 'glibc', ...(newest !== undefined && { libcVersion: newest }) }
}

// The version needs: records of 16 bytes, each with a list of 16-byte entries, linked by relative offsets.
function versionNames({ versions }: Dynamic, bytes: Bytes): number[] {
  const names: number[] = []
  let at = versions?.at ?? 0
  for (let left = versions?.count ?? 0; left > 0 && names.length < MANY; left--) {
    const need = bytes.read(at, 16)
    if (need.length < 16) break
    let entryAt = at + need.readUInt32LE(8)
    for (let entries = need.readUInt16LE(2); entries > 0 && names.length < MANY; entries--) {
      const entry = bytes.read(entryAt, 16)
      if (entry.length < 16) break
      names.push(entry.readUInt32LE(8))
      entryAt += entry.readUInt32LE(12)
    }
    at += need.readUInt32LE(12)
  }
  return names
}

/** For sorting `2.4` before `2.34`. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number))
  for (let part = 0; part < 3; part++) {
    const difference = (left?.[part] ?? 0) - (right?.[part] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
