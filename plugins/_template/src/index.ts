import type { Provider } from '@anyfaas/kit'
import { facts } from './facts.ts'
import { fields } from './fields.ts'
import { triggers } from './triggers.ts'
import { NAME, PLATFORM } from './words.ts'

/** A literal: what costs time to load stands behind a function. */
export const provider: Provider = {
  name: NAME,
  title: PLATFORM,
  aliases: [],
  targets: [
    {
      title: PLATFORM,
      facts,
      fields,
      triggers,
      translate: async () => (await import('./translator.ts')).translator,
      runtime: {
        entry: new URL('../dist/runtime/start.cjs', import.meta.url),
        emulator: new URL('../dist/runtime/emulator.cjs', import.meta.url),
      },
    },
  ],
}
