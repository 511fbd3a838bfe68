import type { SpecFile } from '@anyfaas/kit'
import { dump } from 'js-yaml'

/** The text of a spec file: YAML or JSON, always the same for the same data. */
export function writeSpec(file: SpecFile): string {
  return file.format === 'json' ? `${JSON.stringify(file.data, null, 2)}\n` : writeYaml(file.data)
}

/** YAML without references, folding or tags, as other parsers read it too. */
export function writeYaml(data: unknown): string {
  return dump(data, { noRefs: true, lineWidth: -1 })
}
