import { type Diagnostic, error, type Machine, warning } from '@anyfaas/kit'
import { isRecord, readJson } from '../files/json-file.ts'
import { type ByteSource, withBytes } from './bytes.ts'
import { readProgram } from './executable.ts'
import { machineWords, misfit } from './fit.ts'

/** A file of an artifact. */
export interface CodeFile {
  readonly name: string
  readonly source: ByteSource
}

/** A program that a platform starts by its name. */
export interface StartFile extends CodeFile {
  /** The function's place in the service file. */
  readonly pointer: string
}

/**
 * Warnings for native addons that do not run on the machine that the artifact goes to: installed on one system, deployed
 * to another. An addon that is there for several systems is fine when one of its files fits.
 */
export function checkAddons(files: ReadonlyMap<string, CodeFile>, machine: Machine): Diagnostic[] {
  const addons = new Map<string, Addon[]>()
  for (const { name, source } of files.values()) {
    if (!name.endsWith('.node')) continue
    const program = withBytes(source, readProgram)
    const addon = { name, reason: program ? misfit(program, machine) : 'is no machine code' }
    addons.set(stemOf(name), [...(addons.get(stemOf(name)) ?? []), addon])
  }
  return [...addons.values()].flatMap((variants) => {
    const [first] = variants
    if (!first || variants.some(({ reason }) => reason === undefined)) return []
    if (isElsewhereByNature(first.name, files, machine)) return []
    return [describe(first, files, machine)]
  })
}

/** An error for a program that the platform could not start. */
export function checkStartFile({ name, source, pointer }: StartFile, machine: Machine): Diagnostic[] {
  const program = withBytes(source, readProgram)
  const reason = program && misfit(program, machine)
  if (reason === undefined) return []
  const help = [`build it for ${machineWords(machine)}`, 'or remove it, when the service has a go.mod: sls builds it']
  return [error('SLS4020', `"${name}" ${reason}; the function runs on ${machineWords(machine)}`, { pointer, help })]
}

interface Addon {
  readonly name: string
  readonly reason: string | undefined
}

function describe({ name, reason }: Addon, files: ReadonlyMap<string, CodeFile>, machine: Machine): Diagnostic {
  const { os, arch, libc } = machine
  const owner = packageOf(name)
  const flags = `--os=${os} --cpu=${arch}${libc === undefined ? '' : ` --libc=${libc}`} --force`
  const help =
    owner === ''
      ? [`put the one for ${machineWords(machine)} in its place`]
      : [
          `npm install ${flags} ${parentOf(owner, files) ?? owner}`,
          `when it is compiled or fetched at installation: npm rebuild ${owner} --platform=${os} --arch=${arch}, or install on ${os}`,
        ]
  return warning('SLS4020', `the native addon "${name}" ${reason}; the function runs on ${machineWords(machine)}`, {
    help,
  })
}

// The package that chooses among variants for several systems: npm fetches the fitting one when that is installed.
function parentOf(owner: string, files: ReadonlyMap<string, CodeFile>): string | undefined {
  for (const { name, source } of files.values()) {
    if (!name.endsWith('/package.json') || !('path' in source)) continue
    const { optionalDependencies } = readJson(source.path)
    if (isRecord(optionalDependencies) && Object.hasOwn(optionalDependencies, owner)) return packageOf(name)
  }
  return undefined
}

const SYSTEM =
  '(?:darwin|macos|linux|win32|windows|android|freebsd|openbsd|netbsd|sunos|aix|x64|x86_64|amd64|arm64|aarch64|armv\\d\\w*|arm|ia32|x86|riscv64|ppc64|ppc64le|s390x|loong64|wasm32|gnu|gnueabihf|musl|musleabihf|linuxmusl|glibc|msvc|universal|abi\\d+|eabi)'
const WORDS_OF_SYSTEMS = new RegExp(`(?<=^|[-._/@+])${SYSTEM}(?=$|[-._/+])`, 'i')

// `@img/sharp-darwin-arm64/lib/sharp-darwin-arm64.node` and its sibling for Linux are the same addon, and so are the
// files of `prebuilds/*`.
function stemOf(name: string): string {
  return `${withoutSystem(packageOf(name))}/${withoutSystem(name.slice(name.lastIndexOf('/') + 1))}`
}

function withoutSystem(text: string): string {
  const words = text.split(/(?<=[/])|[-._+](?=[^-._+])/)
  const kept = words.filter((word) => !new RegExp(`^${SYSTEM}$`, 'i').test(word.replace(/\/$/, '')))
  return kept
    .join('-')
    .replace(/-?\/-?/g, '/')
    .replace(/\/$/, '')
}

function packageOf(name: string): string {
  return /.*(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(name)?.[1] ?? ''
}

// Such as fsevents: it says that it is for another system, and has no siblings for others.
function isElsewhereByNature(name: string, files: ReadonlyMap<string, CodeFile>, machine: Machine): boolean {
  const owner = packageOf(name)
  const folder = name.slice(0, name.lastIndexOf(`node_modules/${owner}/`) + `node_modules/${owner}/`.length)
  const manifest = files.get(`${folder}package.json`)
  if (owner === '' || !manifest) return false
  const { os } = 'path' in manifest.source ? readJson(manifest.source.path) : {}
  return Array.isArray(os) && !os.includes(machine.os) && !WORDS_OF_SYSTEMS.test(owner)
}
