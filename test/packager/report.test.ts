import { describe, expect, it } from 'vitest'
import { checkSizes, sizesOf } from '../../src/actions/package-sizes.ts'
import { explainPackage } from '../../src/packager/packages/why.ts'
import { drawContributions, drawHeadroom, drawReasons } from '../../src/ui/package-text.ts'
import { HANDLER, LOGIN, packProject, useProjects } from './project.ts'

const project = useProjects()

const FILES = {
  ...HANDLER,
  'package.json': '{"dependencies":{"a":"1","@x/b":"1"},"devDependencies":{"tool":"1"}}',
  'views/page.html': 'page '.repeat(1000),
  'node_modules/a/package.json': '{"version":"1.0.0","dependencies":{"c":"1"}}',
  'node_modules/@x/b/package.json': '{"version":"2.0.0","dependencies":{"c":"2"}}',
  'node_modules/c/package.json': '{"version":"1.1.0"}',
  'node_modules/@x/b/node_modules/c/package.json': '{"version":"2.1.0"}',
  'node_modules/tool/package.json': '{"dependencies":{"c":"1"}}',
}

describe('the report', () => {
  it('counts files and bytes by package and folder, the same after a run that did nothing', async () => {
    const made = project(FILES)
    const { packages } = await packProject(made, LOGIN)
    const [first] = packages
    const places = first?.contributions.map(({ at, files }) => `${files} ${at}`).sort()
    expect(places).toEqual([
      '1 node_modules/@x/b',
      '1 node_modules/@x/b/node_modules/c',
      '1 node_modules/a',
      '1 node_modules/c',
      '1 views',
      '4 .',
    ])
    expect((await packProject(made, LOGIN)).packages).toEqual(packages)
  })

  it('says how much of the limits is taken, and warns of more', async () => {
    const { packages } = await packProject(project(FILES), LOGIN)
    const facts = { zipBytes: 100, unzippedBytes: 100_000 } as Parameters<typeof sizesOf>[1]
    const sizes = sizesOf(packages, facts)
    expect(checkSizes(sizes, 'test')).toMatchObject([{ code: 'SLS4010', severity: 'warning' }])
    const [size] = sizes
    if (!size) throw new Error('no size')
    expect(drawHeadroom('test', size)[0]).toMatch(
      /^test {2}shop: .* of 0\.1 KB \(\d+ %\), unpacked .* of 97\.7 KB \(\d+ %\)$/,
    )
    expect(drawContributions('test', size)).toHaveLength(3 + size.contributions.length)
  })
})

describe('--why', () => {
  it('names every version of a package, and each way to it that is its own', () => {
    const { dir } = project(FILES)
    const reasons = explainPackage(dir, 'c', true)
    expect(reasons.map(({ version, chains }) => [version, chains])).toEqual([
      ['1.1.0', [['a', 'c']]],
      ['2.1.0', [['@x/b', 'c']]],
    ])
    expect(explainPackage(dir, 'c', false)[0]?.chains).toEqual([
      ['a', 'c'],
      ['tool', 'c'],
    ])
    expect(explainPackage(dir, 'tool', true)).toEqual([])
    expect(drawReasons(reasons, undefined)).toContain('  @x/b > c')
  })
})
