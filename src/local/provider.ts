import type { Provider } from '@anyfaas/kit'
import { facts } from './facts.ts'
import { fields } from './fields.ts'
import { triggers } from './triggers.ts'

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
      translate: async () => (await import('./translate.ts')).translator,
      connect: async () => (await import('./connect.ts')).connector,
      runtime: {
        entry: new URL('../../dist/local/runtime.cjs', import.meta.url),
        emulator: new URL('../../dist/local/emulator.cjs', import.meta.url),
      },
    },
  ],
}
