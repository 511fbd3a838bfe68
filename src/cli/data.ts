import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { error, SlsError } from '@anyfaas/kit'

/** The text that `--data` means: `-` is stdin, `@file` a file, anything else itself. Throws SLS0002. */
export async function readData(given: string, { cwd }: { readonly cwd: string }): Promise<string> {
  if (given === '-') return await readStdin()
  if (!given.startsWith('@')) return given
  const name = given.slice(1)
  try {
    return readFileSync(resolve(cwd, name), 'utf8')
  } catch (cause) {
    throw new SlsError(error('SLS0002', `--data: cannot read "${name}": ${(cause as Error).message}`), { cause })
  }
}

async function readStdin(): Promise<string> {
  const { text } = await import('node:stream/consumers')
  return await text(process.stdin)
}
