import type { Provider } from '@anyfaas/kit'
import { facts } from './translation/facts.ts'
import { fields } from './translation/fields.ts'
import { triggers } from './translation/triggers.ts'

/** The embedded platform: services on this machine, without an account. */
export const localProvider: Provider = {
  name: 'local',
  title: 'Local platform',
  aliases: [],
  targets: [
    {
      title: 'Local platform',
      facts,
      fields,
      triggers,
      machineOf: () => ({ os: process.platform, arch: process.arch }),
      translate: async () => (await import('./translation/translate.ts')).translator,
      choosesAddress: true,
      connect: async () => (await import('./connect.ts')).connector,
      runtime: {
        entry: new URL('../../dist/local/runtime.cjs', import.meta.url),
        emulator: new URL('../../dist/local/emulator.cjs', import.meta.url),
        withSources: true,
      },
    },
  ],
}
