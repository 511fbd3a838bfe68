import { existsSync } from 'node:fs'
import { cp, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { error, SlsError } from '@anyfaas/kit'
import type { ActionIo } from './io.ts'
import { makeFolder } from './make-folder.ts'
import { cannotWrite } from './write-whole.ts'

export interface InitOptions {
  /** The folder to make the project in; the current one when missing. */
  readonly dir?: string
  /** One of the examples; `hello` when missing. */
  readonly template?: string
}

export interface InitResult {
  /** Absolute path of the folder. */
  readonly dir: string
  readonly template: string
  /** Relative paths of what was written. */
  readonly files: readonly string[]
}

// The examples are the templates: what a new project starts from is what the tests run.
const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url))
const NEVER = new Set(['node_modules', '.sls', 'dist', 'package-lock.json'])

/** The names of the templates. */
export async function listTemplates(): Promise<readonly string[]> {
  const entries = await readdir(EXAMPLES, { withFileTypes: true })
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
}

/** Makes a project from a template. Writes nothing when a file of it would be overwritten. */
export async function init(options: InitOptions, io: ActionIo): Promise<InitResult> {
  const template = options.template ?? 'hello'
  const templates = await listTemplates()
  if (!templates.includes(template))
    throw new SlsError(
      error('SLS0002', `there is no template "${template}"`, { help: [`there are ${templates.join(', ')}`] }),
    )
  const dir = resolve(io.cwd, options.dir ?? '.')
  const from = join(EXAMPLES, template)
  const files = (await filesUnder(from)).map((file) => relative(from, file))
  const taken = files.filter((file) => existsSync(join(dir, file)))
  if (taken.length > 0) {
    throw new SlsError(
      error('SLS0002', `"${taken[0]}" is there already`, {
        notes: [{ message: 'nothing was written' }],
        help: ['name another folder: sls init my-app'],
      }),
    )
  }
  makeFolder(dir)
  try {
    await cp(from, dir, { recursive: true, filter: (source) => !NEVER.has(basename(source)) })
    await rename(dir, template)
  } catch (cause) {
    throw cannotWrite(dir, cause)
  }
  return { dir, template, files }
}

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const lists = entries
    .filter((entry) => !NEVER.has(entry.name))
    .map((entry) => (entry.isDirectory() ? filesUnder(join(folder, entry.name)) : [join(folder, entry.name)]))
  return (await Promise.all(lists)).flat().sort()
}

// The new project bears its folder's name.
async function rename(dir: string, template: string): Promise<void> {
  const name =
    basename(dir)
      .replace(/[^A-Za-z0-9_-]+/g, '-')
      .replace(/^[^A-Za-z]+/, '') || template
  await edit(join(dir, 'serverless.yml'), (text) => text.replace(/^service: .*$/m, `service: ${name}`))
  await edit(join(dir, 'package.json'), (text) => text.replace(/"name": "[^"]*"/, `"name": "${name.toLowerCase()}"`))
}

async function edit(file: string, change: (text: string) => string): Promise<void> {
  if (existsSync(file)) await writeFile(file, change(await readFile(file, 'utf8')))
}
