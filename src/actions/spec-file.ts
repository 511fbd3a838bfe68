import type { SpecFile } from '@anyfaas/kit'
import { writeYaml } from './yaml.ts'

/** The text of a spec file: YAML or JSON, always the same for the same data. */
export function writeSpec(file: SpecFile): string {
  return file.format === 'json' ? `${JSON.stringify(file.data, null, 2)}\n` : writeYaml(file.data)
}
