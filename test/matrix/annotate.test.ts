import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { load } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import { createAnnotator, markOrigins } from '../../src/actions/annotate.ts'
import type { ActionIo } from '../../src/actions/io.ts'
import { choosePlatforms, everyEdition, openProject } from '../../src/actions/project.ts'
import { writeSpec } from '../../src/actions/spec-file.ts'
import { translateFor } from '../../src/actions/translate.ts'
import type { SpecFile } from '../../src/kit/src/index.ts'

const root = join(import.meta.dirname, '../golden')
const cases = readdirSync(root).filter((name) => existsSync(join(root, name, 'serverless.yml')))

async function annotate(dir: string) {
  const told: string[] = []
  const io: ActionIo = {
    env: {},
    cwd: dir,
    tell: (event) => void (event.kind === 'phase' && told.push(event.name)),
    signal: new AbortController().signal,
  }
  const project = await openProject({ dir }, io)
  const write = createAnnotator(project, io)
  const made: { file: SpecFile; plain: string; text: string; platform: string }[] = []
  for (const platform of everyEdition(await choosePlatforms(project, { provider: 'all' }, io))) {
    const { files } = await translateFor(platform, { mark: markOrigins })
    const bare = (await translateFor(platform)).files
    for (const [index, file] of files.entries())
      made.push({
        file,
        plain: writeSpec(bare[index] as SpecFile).toString(),
        text: write(file).toString(),
        platform: platform.label,
      })
  }
  return { made, told }
}

describe.each(cases)('%s', (name) => {
  it('bears comments and is otherwise the same', async () => {
    const { made } = await annotate(join(root, name))
    for (const { file, plain, text, platform } of made) {
      const without = text.replace(/^ *# serverless\.yml:\d+\n/gm, '')
      expect(without, platform).toBe(plain)
      if (file.format === 'yaml') expect(load(text), platform).toEqual(load(plain))
    }
  })
})

describe('annotations', async () => {
  const dir = join(root, 'overrides')
  const lines = readFileSync(join(dir, 'serverless.yml'), 'utf8').split('\n')
  const { made } = await annotate(dir)
  const of = (platform: string): string => made.find((one) => one.platform === platform)?.text ?? ''
  const lineAbove = (platform: string, line: string): string => {
    const found = new RegExp(`# serverless\\.yml:(\\d+)\\n *(- )?${line}`).exec(of(platform))
    return lines[Number(found?.[1]) - 1]?.trim() ?? `no comment above ${line} on ${platform}`
  }

  it.each([
    ['aws', 'AFunction:', 'a:'],
    ['aws', 'Timer:', '- timer:'],
    ['aws', 'Table:', lines.find((line) => line.includes('Table:'))?.trim()],
    ['aliyun', 'a:', 'a:'],
    ['aliyun', 'triggerName: timer', '- timer:'],
    ['aliyun-2.0', 'a:', 'a:'],
    ['aliyun-2.0', 'timer:', '- timer:'],
    ['tencent', 'a:', 'a:'],
    ['tencent', 'type: timer', '- timer:'],
    ['local', 'a:', 'a:'],
  ])('of %s name the line of %s', (platform, line, expected) => {
    expect(lineAbove(platform, line)).toBe(expected)
  })

  it('say that JSON has none', async () => {
    const { made: files, told } = await annotate(join(root, 'domain-scf'))
    expect(told).toContain('custom-domain.json stays without annotations: JSON has no comments')
    const json = files.find(({ file }) => file.format === 'json')
    expect(json?.text).toBe(json?.plain)
  })
})
