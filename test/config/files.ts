import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Diagnostic, isSlsError, type Service } from '@anyfaas/kit'
import { type Loaded, type LoadOptions, loadService } from '../../src/config/load.ts'

/** A temporary folder with these files; it goes with the run's. */
export function folderOf(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'anyfaas-config-'))
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  return folder
}

type Given = string | Readonly<Record<string, string | Uint8Array>>

/** Loads a service file, or a folder of files. */
export async function load(given: Given, options: Partial<LoadOptions> = {}): Promise<Loaded> {
  const dir = folderOf(typeof given === 'string' ? { 'serverless.yml': given } : given)
  return await loadService({ dir, env: {}, ...options })
}

export async function serviceOf(given: Given, options: Partial<LoadOptions> = {}): Promise<Service> {
  return (await load(given, options)).service
}

/** What loading says of a file: `code severity message @the text at its place`. */
export async function mistakesOf(given: Given, options: Partial<LoadOptions> = {}): Promise<readonly string[]> {
  const dir = folderOf(typeof given === 'string' ? { 'serverless.yml': given } : given)
  const texts = typeof given === 'string' ? { 'serverless.yml': given } : given
  const tell = (diagnostic: Diagnostic): string => {
    const name = diagnostic.at?.file.slice(dir.length + 1) ?? ''
    const text = diagnostic.at
      ? String(texts[name] ?? '')
          .replace(/^\uFEFF/, '')
          .slice(diagnostic.at.start, diagnostic.at.end)
      : ''
    return `${diagnostic.code} ${diagnostic.severity} ${diagnostic.message} @${text}`
  }
  try {
    return (await loadService({ dir, env: {}, ...options })).diagnostics.map(tell)
  } catch (error) {
    if (!isSlsError(error)) throw error
    return error.diagnostics.map(tell)
  }
}
