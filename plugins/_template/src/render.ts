import { mergeTree, type Resource, type Service, type SpecFile, spellSecrets, writeValue } from '@anyfaas/kit'
import { NAME } from './words.ts'

/** The file that the platform's own tool reads. A secret stays a reference in it. */
export function render(service: Service, resources: readonly Resource[]): readonly SpecFile[] {
  const whole = { application: service.name, functions: resources.map(({ spec }) => spec) }
  const data = [service.resources[NAME], service.overrides[NAME]].reduce<object>(mergeTree, whole)
  return [{ path: 'functions.yml', format: 'yaml', data: spellSecrets(data, writeValue) }]
}
