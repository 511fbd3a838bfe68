import { mkdir, mkdtemp, readdir, readFile, realpath, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { COMMANDS } from '../../src/cli/commands.ts'
import { run } from '../../src/cli/run.ts'
import { codes } from '../../src/kit/src/index.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'
import { createFakeWorld } from './fake-world.ts'

const pages = resolve(import.meta.dirname, '../../docs/errors')

test('every code has its page, and no page is left over', async () => {
  expect((await readdir(pages)).sort()).toEqual(
    Object.keys(codes)
      .map((code) => `${code}.md`)
      .sort(),
  )
})

describe.each(Object.entries(codes))('%s', (code, { title }) => {
  test('bears the title of its code, an example that shows it, and a way out', async () => {
    const text = await readFile(join(pages, `${code}.md`), 'utf8')
    expect(text.startsWith(`# ${code}: ${title}\n\n`)).toBe(true)
    expect(text.match(/^## .*$/gm)).toEqual(['## Example', '## How to mend it'])
    expect(text.split('## How to mend it')[0]).toContain(`[${code}]`)
  })

  // `vitest -u` writes what the tool says today into the page.
  test('shows what the tool says', async () => {
    const file = join(pages, `${code}.md`)
    await expect(await play(await readFile(file, 'utf8'))).toMatchFileSnapshot(file)
  })
})

const BLOCK = /```(\S+)(?: (\S+))?\n([\s\S]*?)```/g

/** The page with what its commands say: blocks with a name (and YAML without one) are the files, `console` blocks are run. */
async function play(page: string): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'sls-page-')))
  const dir = join(folder, 'shop')
  await mkdir(dir)
  try {
    const example = page.slice(0, page.indexOf('## How to mend it'))
    const results = new Map<string, string>()
    for (const [block, language, name, body] of example.matchAll(BLOCK)) {
      if (language === 'console') results.set(block, await answer(body ?? '', dir))
      else if (language !== 'text') await put(join(dir, name ?? 'serverless.yml'), body ?? '')
    }
    return page.replace(BLOCK, (block) => results.get(block) ?? block)
  } finally {
    removeFolder(folder)
  }
}

async function answer(body: string, dir: string): Promise<string> {
  const [line = ''] = body.split('\n')
  const world = createFakeWorld(dir)
  await run(line.replace(/^\$ sls /, '').split(' '), world, COMMANDS)
  const shown = world.sheet.text().replaceAll(dir, '/home/me/shop').trimEnd()
  return ['```console', line, shown, '```'].join('\n')
}

async function put(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text)
}
