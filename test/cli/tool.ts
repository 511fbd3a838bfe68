import { type ChildProcess, spawn } from 'node:child_process'
import { cp, mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { withRequire } from '../../scripts/with-require.mjs'
import { removeFolder } from '../fixtures/remove-folder.ts'

const root = resolve(import.meta.dirname, '../..')

export interface Answer {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A built command line in a folder of its own, whose actions on services are fakes. */
export interface Tool {
  readonly dir: string
  run(args: readonly string[], env?: Record<string, string>): Promise<Answer>
  start(args: readonly string[], env?: Record<string, string>): ChildProcess
  remove(): Promise<void>
}

export async function makeTool(): Promise<Tool> {
  const dir = await mkdtemp(join(tmpdir(), 'sls-cli-'))
  await cp(join(root, 'bin'), join(dir, 'bin'), { recursive: true })
  await cp(join(root, 'package.json'), join(dir, 'package.json'))
  await mkdir(join(dir, 'docs'))
  await symlink(join(root, 'docs/errors'), join(dir, 'docs/errors'))
  await symlink(join(root, 'schemas'), join(dir, 'schemas'))
  const { outputFiles } = await build({
    entryPoints: [join(root, 'src/cli/main.ts')],
    write: false,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    conditions: ['@anyfaas/source'],
    define: { 'import.meta.url': '__url' },
    banner: { js: "const __url=require('node:url').pathToFileURL(__filename).href;" },
    plugins: [fakes],
    logLevel: 'error',
  })
  await mkdir(join(dir, 'dist/cli'), { recursive: true })
  await writeFile(join(dir, 'dist/cli/main.cjs'), withRequire(outputFiles[0]?.text ?? ''))
  const start: Tool['start'] = (args, env = {}) =>
    spawn(process.execPath, [join(dir, 'bin/sls.js'), ...args], {
      cwd: dir,
      env: { PATH: process.env['PATH'], LANG: 'C.UTF-8', ...env },
    })
  return {
    dir,
    start,
    run: (args, env) => finish(start(args, env)),
    remove: async () => removeFolder(dir),
  }
}

/** What a process wrote, once it has ended. */
export async function finish(child: ChildProcess): Promise<Answer> {
  child.stdin?.end()
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', (chunk) => (stdout += chunk))
  child.stderr?.on('data', (chunk) => (stderr += chunk))
  const code = await new Promise<number | null>((done) => child.on('close', done))
  return { code, stdout, stderr }
}

// These work without a service, so they are the real ones.
const REAL = /actions\/(explain|schema)\.ts$/

const fakes: Plugin = {
  name: 'fakes',
  setup({ onResolve }) {
    onResolve({ filter: /actions\/[\w-]+\.ts$/ }, ({ path, kind }) =>
      kind === 'dynamic-import' && !REAL.test(path) ? { path: join(root, 'test/cli/fake-actions.ts') } : undefined,
    )
  },
}
