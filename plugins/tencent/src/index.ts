import type { Provider } from '@anyfaas/kit'
import { facts } from './scf/facts.ts'
import { fields } from './scf/fields.ts'
import { triggers } from './scf/triggers.ts'

/** Tencent Cloud: SCF by the file of the vendor's component multi-scf. */
export const provider: Provider = {
  name: 'tencent',
  title: 'Tencent Cloud SCF',
  aliases: ['scf', 'tencentcloud'],
  targets: [
    {
      title: 'Tencent Cloud SCF',
      facts,
      fields,
      triggers,
      translate: async () => (await import('./scf/translator.ts')).translator,
      connect: async () => (await import('./scf/deploy/connect.ts')).connector,
      runtime: {
        entry: new URL('../dist/scf/runtime.cjs', import.meta.url),
        emulator: new URL('../dist/scf/emulator.cjs', import.meta.url),
      },
    },
  ],
}
