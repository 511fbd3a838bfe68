import type { SpecFile } from '@anyfaas/kit'
import { writeYaml } from './yaml.ts'

/** The text of a spec file, YAML or JSON, as UTF-8: always the same for the same data. */
export function writeSpec(file: SpecFile): Buffer {
  return file.format === 'json' ? Buffer.from(`${JSON.stringify(file.data, null, 2)}\n`) : writeYaml(file.data)
}
