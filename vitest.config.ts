import { defineConfig } from 'vitest/config'
import { ClosingLine } from './test/closing-line.ts'
import { Leftovers } from './test/leftovers.ts'

export default defineConfig({
  // Workspace packages are tested from their sources, without a build.
  resolve: { conditions: ['@anyfaas/source'] },
  ssr: { resolve: { conditions: ['@anyfaas/source'] } },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/run-folder.ts',
    reporters: ['default', new Leftovers(), new ClosingLine()],
    pool: 'threads',
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // One slow moment in half an hour of real processes and sockets is told (ClosingLine), not the end of a run that nobody watches.
    retry: process.env.ANYFAAS_CI ? 1 : 0,
  },
})
