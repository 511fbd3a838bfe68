import type { Provider } from '@anyfaas/kit'
import { aliasOf } from './lambda/alias.ts'
import { facts } from './lambda/facts.ts'
import { fields } from './lambda/fields.ts'
import { machineOf } from './lambda/machine.ts'
import { triggers } from './lambda/triggers.ts'

/** AWS: Lambda by a SAM template. */
export const provider: Provider = {
  name: 'aws',
  title: 'AWS Lambda',
  aliases: ['lambda', 'amazon'],
  targets: [
    {
      title: 'AWS Lambda',
      facts,
      fields,
      triggers,
      machineOf,
      aliasOf,
      translate: async () => (await import('./lambda/translator.ts')).translator,
      connect: async () => (await import('./lambda/deploy/connect.ts')).connector,
      runtime: {
        entry: new URL('../dist/lambda/runtime.cjs', import.meta.url),
        emulator: new URL('../dist/lambda/emulator.cjs', import.meta.url),
      },
    },
  ],
}
