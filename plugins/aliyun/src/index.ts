import type { Provider } from '@anyfaas/kit'
import { facts as fc2Facts } from './fc2/facts.ts'
import { fields as fc2Fields } from './fc2/fields.ts'
import { triggers as fc2Triggers } from './fc2/triggers.ts'
import { facts as fc3Facts } from './fc3/facts.ts'
import { fields as fc3Fields } from './fc3/fields.ts'
import { triggers as fc3Triggers } from './fc3/triggers.ts'

/** Alibaba Cloud: Function Compute 3.0 by `s.yaml`, 2.0 by `template.yaml`. */
export const provider: Provider = {
  name: 'aliyun',
  title: 'Alibaba Cloud Function Compute',
  aliases: ['fc', 'alibaba', 'alicloud'],
  targets: [
    {
      edition: '3.0',
      title: 'Function Compute 3.0',
      facts: fc3Facts,
      fields: fc3Fields,
      triggers: fc3Triggers,
      translate: async () => (await import('./fc3/translator.ts')).translator,
      connect: async () => (await import('./fc3/deploy/connect.ts')).connector,
      runtime: {
        entry: new URL('../dist/fc3/runtime.cjs', import.meta.url),
        emulator: new URL('../dist/fc3/emulator.cjs', import.meta.url),
      },
    },
    {
      edition: '2.0',
      title: 'Function Compute 2.0',
      facts: fc2Facts,
      fields: fc2Fields,
      triggers: fc2Triggers,
      translate: async () => (await import('./fc2/translator.ts')).translator,
      connect: async () => (await import('./fc2/deploy/connect.ts')).connector,
      runtime: {
        entry: new URL('../dist/fc2/runtime.cjs', import.meta.url),
        emulator: new URL('../dist/fc2/emulator.cjs', import.meta.url),
      },
    },
  ],
}
