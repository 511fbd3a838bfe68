import type { PackageActionOptions, PackageResult } from '../../actions/package.ts'
import { formatBytes } from '../../ui/bytes.ts'
import { drawContributions, drawHeadroom, drawReasons } from '../../ui/package-text.ts'
import { drawTable } from '../../ui/table.ts'
import type { Command } from '../command.ts'
import { OUT, PROJECT_OPTIONS, STRICT } from '../options.ts'

export const packageCommand: Command<PackageActionOptions & { readonly report?: boolean }, PackageResult> = {
  name: 'package',
  walksFiles: true,
  group: 'Build',
  summary: 'Make the artifacts of the service, and the specs that go with them',
  details: 'The same input gives the same bytes.',
  options: [
    ...PROJECT_OPTIONS,
    OUT,
    STRICT,
    {
      name: 'push',
      value: 'PREFIX',
      isOptional: true,
      says: 'Push images under the names in the file, or as PREFIX/<service>-<function>',
    },
    { name: 'report', says: 'Show what each artifact is made of, by package and folder' },
    { name: 'why', value: 'PACKAGE', says: 'Show what needs a package' },
    { name: 'image-tar', says: 'Write each image as one file, for `docker load` or `skopeo`' },
  ],
  examples: [
    { says: 'a zip and a template.yaml for AWS', command: 'sls package --provider aws' },
    { says: 'and the images of its containers in a registry', command: 'sls package --push=localhost:5000/shop' },
  ],
  async run(options, io) {
    const action = await import('../../actions/package.ts')
    return action.packageService(options, io)
  },
  show({ packages, why = [] }, { style }, options) {
    const rows = packages.flatMap(({ platform, artifacts, specs }) => [
      ...artifacts.map(({ path, bytes, digest }) => [
        platform,
        path,
        `${formatBytes(bytes)}  ${style.paint('dim', digest)}`,
      ]),
      ...artifacts.flatMap(({ image }) => (image ? [[platform, image.name, '']] : [])),
      ...specs.map(({ path }) => [platform, path, '']),
    ])
    const sizes = packages.flatMap(({ platform, sizes }) => sizes.map((size) => ({ platform, size })))
    const lines = [
      ...drawTable(rows),
      ...sizes.flatMap(({ platform, size }) => drawHeadroom(platform, size)),
      ...(options.report ? sizes.flatMap(({ platform, size }) => drawContributions(platform, size)) : []),
      ...drawReasons(why, sizes[0]?.size),
    ]
    return `${lines.join('\n')}\n`
  },
}
