import { createHash, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { type Diagnostic, error, type Fn, type Machine, type Note, warning } from '@anyfaas/kit'
import { readTree } from '../files/tree.ts'
import type { LanguageParts, LanguageQuery } from './language.ts'
import { findTool, lastLines, runTool, type ToolOptions } from './tool.ts'

/**
 * The packages of `requirements.txt` as pip installs them for the platform, at the artifact's root, where every platform
 * looks for them. They are kept in `.sls/build` until the requirements change. SLS4021.
 */
export async function pythonParts(query: LanguageQuery): Promise<LanguageParts> {
  const { serviceDir, functions } = query
  const leavesOut = (name: string) => isUseless(name, serviceDir)
  const requirements = join(serviceDir, 'requirements.txt')
  if (!existsSync(requirements)) return { language: 'python', entries: [], leavesOut, diagnostics: [] }
  const wish = wishOf(functions)
  if ('code' in wish) return { language: 'python', entries: [], leavesOut, diagnostics: [wish] }
  const { folder, diagnostics } = await vendor(requirements, wish, query)
  if (folder === undefined) return { language: 'python', entries: [], leavesOut, diagnostics }
  const tree = readTree(folder, { within: folder, skip: isOfInstaller })
  const entries = tree.files.map((file) => ({
    name: file.name,
    executable: file.executable,
    source: file,
    scan: false,
  }))
  return { language: 'python', entries, leavesOut, diagnostics }
}

interface Wish {
  readonly fn: Fn
  /** Such as `3.12`. */
  readonly version: string
}

// One artifact has one set of packages, and so one Python.
function wishOf(functions: readonly Fn[]): Wish | Diagnostic {
  const wishes = functions.filter(({ runtime }) => /^python/i.test(runtime)).map((fn) => ({ fn, ...versionOf(fn) }))
  const [first] = wishes
  if (!first) throw new Error('no function in Python')
  const other = wishes.find(({ version }) => version !== first.version)
  const pointer = `${(other ?? first).fn.at}/runtime`
  if (other) {
    const message = `"${first.fn.name}" and "${other.fn.name}" share an artifact and run on different versions of Python`
    return error('SLS4021', message, { pointer, help: ['set "individually: true" under "package"'] })
  }
  if (first.version === undefined) {
    const message = `"${first.fn.runtime}" says no version of Python to fetch packages for, so requirements.txt is not installed`
    return warning('SLS4021', message, { pointer, help: ['name the version, as in python3.12'] })
  }
  return { fn: first.fn, version: first.version }
}

function versionOf({ runtime }: Fn): { readonly version?: string } {
  const version = /^python(\d+\.\d+)/i.exec(runtime)?.[1]
  return version === undefined ? {} : { version }
}

interface Vendored {
  readonly folder?: string
  readonly diagnostics: readonly Diagnostic[]
}

async function vendor(requirements: string, { fn, version }: Wish, query: LanguageQuery): Promise<Vendored> {
  const { serviceDir, machine, signal } = query
  const platforms = platformsOf(machine)
  const key = createHash('sha256')
    .update(JSON.stringify([textsOf(requirements), version, platforms]))
    .digest('hex')
  const folder = join(serviceDir, '.sls', 'build', `python-${key.slice(0, 16)}`)
  if (existsSync(folder)) return { folder, diagnostics: [] }
  const options: ToolOptions = { cwd: serviceDir, env: SETTINGS, ...(signal && { signal }) }
  const pip = await findPip(options)
  if (!pip) return { diagnostics: [missing(fn)] }
  const draft = `${folder}.${randomUUID()}.tmp`
  mkdirSync(dirname(draft), { recursive: true })
  const flags = ['--target', draft, '--only-binary=:all:', '--implementation', 'cp', '--python-version', version]
  const args = [
    'install',
    '--no-compile',
    '-r',
    requirements,
    ...flags,
    ...platforms.flatMap((tag) => ['--platform', tag]),
  ]
  try {
    const { code, stderr } = await runTool(pip.command, [...pip.args, ...args], options)
    if (code !== 0) return { diagnostics: [failed(stderr, version, machine)] }
    // Requirements may be none at all.
    mkdirSync(draft, { recursive: true })
    keep(draft, folder)
    return { folder, diagnostics: [] }
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

// Another run may have been faster with the same.
function keep(draft: string, folder: string): void {
  if (!existsSync(folder)) renameSync(draft, folder)
}

const SETTINGS = { PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_NO_INPUT: '1', PIP_QUIET: '1', PIP_REQUIRE_VIRTUALENV: '0' }

async function findPip(options: ToolOptions): Promise<{ command: string; args: readonly string[] } | undefined> {
  const candidates = [
    { name: 'python3', args: ['-m', 'pip'] },
    { name: 'python', args: ['-m', 'pip'] },
    { name: 'pip3', args: [] },
    { name: 'pip', args: [] },
  ]
  for (const { name, args } of candidates) {
    const command = findTool(name)
    if (command === undefined) continue
    const { code } = await runTool(command, [...args, '--version'], options)
    if (code === 0) return { command, args }
  }
  return undefined
}

// The text of the file, and of those that it includes.
function textsOf(file: string, seen: ReadonlySet<string> = new Set()): string[] {
  if (seen.has(file) || !existsSync(file)) return []
  const text = readFileSync(file, 'utf8')
  const included = [...text.matchAll(/^\s*(?:-r|--requirement|-c|--constraint)[\s=]+(\S+)/gm)].map(([, path = '']) =>
    resolve(dirname(file), path),
  )
  return [text, ...included.flatMap((path) => textsOf(path, new Set([...seen, file])))]
}

const ARCHS: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64', ia32: 'i686' }
// The C library of the oldest images that platforms still run; what is built for it runs everywhere.
const OLDEST_GLIBC = '2.17'

// https://peps.python.org/pep-0600/ and https://peps.python.org/pep-0656/: newest first.
function platformsOf({ arch, libc, libcVersion }: Machine): string[] {
  const name = ARCHS[arch] ?? arch
  if (libc === 'musl') return [`musllinux_1_2_${name}`, `musllinux_1_1_${name}`]
  const minor = Number((libcVersion ?? OLDEST_GLIBC).split('.')[1])
  const tags = Array.from({ length: minor - 16 }, (_, index) => `manylinux_2_${minor - index}_${name}`)
  return [...tags, `manylinux2014_${name}`]
}

function missing(fn: Fn): Diagnostic {
  return warning(
    'SLS4021',
    'there is no pip on this machine, so the packages of requirements.txt are not in the artifact',
    {
      pointer: fn.at,
      help: [
        'install Python with pip',
        'or install them into the service folder: pip install -t . -r requirements.txt',
      ],
    },
  )
}

function failed(stderr: string, version: string, { os, arch }: Machine): Diagnostic {
  const notes: Note[] = [{ message: lastLines(stderr) }]
  const isUnbuilt = /No matching distribution found|not a supported wheel|--only-binary|no such option/.test(stderr)
  const help = [
    `packages are taken as wheels only: see whether each has one for ${os} ${arch} and Python ${version}`,
    'or install them into the service folder in a container of the platform, and remove requirements.txt from it',
  ]
  const message = `pip cannot install requirements.txt for Python ${version} on ${os} ${arch}`
  return error('SLS4021', message, { notes, ...(isUnbuilt && { help }) })
}

const USELESS =
  /^(?:__pycache__|\.pytest_cache|\.mypy_cache|\.ruff_cache|\.tox|\.nox|\.ipynb_checkpoints|\.coverage)$|\.py[co]$|\.egg-info$/

function isUseless(name: string, serviceDir: string): boolean {
  const part = name.slice(name.lastIndexOf('/') + 1)
  if (USELESS.test(part)) return true
  // An environment has links to the interpreter of this machine, and everything twice.
  return (part === name || /^\.?v?env/.test(part)) && existsSync(join(serviceDir, name, 'pyvenv.cfg'))
}

// What an installer writes for itself differs from machine to machine: scripts name its interpreter, records their hashes.
function isOfInstaller(name: string): boolean {
  return (
    name === 'bin' || /\.dist-info\/(?:RECORD|INSTALLER|REQUESTED|direct_url\.json)$/.test(name) || USELESS.test(name)
  )
}
