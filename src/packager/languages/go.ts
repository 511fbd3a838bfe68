import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Diagnostic, error, type Fn, type Machine, warning } from '@anyfaas/kit'
import { isCustom, startFile } from '../code/custom.ts'
import { stateOf } from '../files/file-source.ts'
import { folderOf } from '../packages/packages.ts'
import type { LanguageParts, LanguageQuery } from './language.ts'
import { findTool, lastLines, runTool, type ToolOptions } from './tool.ts'

/**
 * Builds the Go programs that functions start: with `runtime: go1`, and with `runtime: custom` when the start file is
 * not there and the folder is a Go package. The same source and the same Go give the same bytes. SLS4022.
 */
export async function goParts(query: LanguageQuery): Promise<LanguageParts> {
  const { serviceDir, functions } = query
  const module = folderOf('go.mod', serviceDir)
  const programs = module === undefined ? [] : functions.flatMap((fn) => programOf(fn, query))
  if (programs.length === 0) return { language: 'go', entries: [], leavesOut: () => false, diagnostics: [] }
  const diagnostics = checkNames(programs)
  if (diagnostics.length > 0) return { language: 'go', entries: [], leavesOut: () => false, diagnostics }
  const go = findTool('go')
  if (go === undefined) return { language: 'go', entries: [], leavesOut: () => false, diagnostics: [missing(programs)] }
  const built = await Promise.all([...byName(programs).values()].map((program) => build(go, program, query)))
  return {
    language: 'go',
    entries: built.flatMap(({ entry }) => entry ?? []),
    leavesOut: (name) => isSource(name, serviceDir),
    diagnostics: built.flatMap((each) => each.diagnostics),
  }
}

interface Program {
  readonly fn: Fn
  /** Its name in the artifact. */
  readonly name: string
  /** As go wants it: `.` or `./cmd/login`. */
  readonly package: string
}

function programOf(fn: Fn, query: LanguageQuery): Program[] {
  const { serviceDir } = query
  if (isCustom(fn)) {
    const name = startFile(fn)
    if (name === undefined || isThere(join(serviceDir, name))) return []
    const found = packageFor(fn.code.source, serviceDir)
    return found === undefined ? [] : [{ fn, name, package: found }]
  }
  if (fn.code.kind !== 'handler' || !/^go\d/i.test(fn.runtime)) return []
  const { handler } = fn.code
  const name = query.programOf(fn) ?? handler
  // A program that the user has built is taken as it is.
  if (isThere(join(serviceDir, name))) return []
  const found = packageFor(handler, serviceDir)
  return found === undefined ? [] : [{ fn, name, package: found }]
}

// `login` is the package in that folder, or in `cmd/login` where Go keeps programs, or the one at the root.
function packageFor(words: string | undefined, serviceDir: string): string | undefined {
  const folders = words === undefined ? ['.'] : [words, `cmd/${words}`, '.']
  const found = folders.find((folder) => hasSources(join(serviceDir, folder)))
  return found === undefined || found === '.' ? found : `./${found}`
}

function hasSources(folder: string): boolean {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return false
  return readdirSync(folder).some((name) => name.endsWith('.go') && !name.endsWith('_test.go'))
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}

function byName(programs: readonly Program[]): Map<string, Program> {
  return new Map(programs.map((program) => [program.name, program]))
}

function checkNames(programs: readonly Program[]): Diagnostic[] {
  const seen = new Map<string, Program>()
  return programs.flatMap((program) => {
    const other = seen.get(program.name)
    seen.set(program.name, program)
    if (!other || other.package === program.package) return []
    const message = `"${other.fn.name}" and "${program.fn.name}" would both be the file "${program.name}" of one artifact`
    return [error('SLS4022', message, { pointer: program.fn.at, help: ['set "individually: true" under "package"'] })]
  })
}

const ARCHS: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' }
const SYSTEMS: Readonly<Record<string, string>> = { win32: 'windows' }

// Nothing of the machine that builds is in the program: no paths, no state of the checkout, no random id, no C compiler.
async function build(
  go: string,
  program: Program,
  { serviceDir, machine, signal }: LanguageQuery,
): Promise<{ entry?: LanguageParts['entries'][number]; diagnostics: readonly Diagnostic[] }> {
  // Two artifacts may have a program of one name, even of one package; they are built at the same time.
  const folder = join(`go-${machine.os}-${machine.arch}`, program.fn.name, encodeURIComponent(program.package))
  const path = join(serviceDir, '.sls', 'build', folder, program.name)
  mkdirSync(dirname(path), { recursive: true })
  const flags = ['-trimpath', '-buildvcs=false', '-ldflags=-s -w -buildid=']
  const options: ToolOptions = { cwd: serviceDir, env: environmentFor(machine), ...(signal && { signal }) }
  const { code, stderr } = await runTool(go, ['build', ...flags, '-o', path, program.package], options)
  if (code !== 0) return { diagnostics: mistakesIn(stderr, program, serviceDir) }
  const entry = { name: program.name, executable: true, source: stateOf(path, statSync(path)), scan: false }
  return { entry, diagnostics: [] }
}

function environmentFor({ os, arch }: Machine): Record<string, string> {
  return { GOOS: SYSTEMS[os] ?? os, GOARCH: ARCHS[arch] ?? arch, CGO_ENABLED: '0' }
}

// go says `./main.go:10:2: undefined: x`, columns in bytes.
function mistakesIn(stderr: string, { fn, package: name }: Program, serviceDir: string): Diagnostic[] {
  const found = [...stderr.matchAll(/^(.+\.go):(\d+):(\d+): (.+)$/gm)].map(
    ([, file = '', line = '', column = '', text = '']) =>
      error('SLS4022', text, { at: spanOf(join(serviceDir, file), Number(line), Number(column)) }),
  )
  if (found.length > 0) return found
  const notes = [{ message: lastLines(stderr) }]
  return [error('SLS4022', `go cannot build "${name}" for "${fn.name}"`, { pointer: fn.at, notes })]
}

function spanOf(file: string, line: number, column: number): { file: string; start: number; end: number } {
  const lines = readFileSync(file, 'utf8').split('\n')
  const before = lines.slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0)
  const start =
    before +
    Buffer.from(lines[line - 1] ?? '')
      .subarray(0, column - 1)
      .toString().length
  return { file, start, end: start + 1 }
}

function missing(programs: readonly Program[]): Diagnostic {
  const names = programs.map(({ fn }) => `"${fn.name}"`).join(', ')
  return warning('SLS4022', `there is no go on this machine, so ${names} is copied as it is and not built`, {
    pointer: programs[0]?.fn.at ?? '',
    help: ['install Go', 'or build the program yourself and leave it in the service folder'],
  })
}

function isSource(name: string, serviceDir: string): boolean {
  if (/\.go$|(?:^|\/)go\.(?:mod|sum|work|work\.sum)$/.test(name)) return true
  return name === 'vendor' && isThere(join(serviceDir, 'vendor', 'modules.txt'))
}
