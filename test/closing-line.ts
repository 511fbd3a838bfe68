import type { Reporter, TestCase, TestModule } from 'vitest/node'

/**
 * Ends the run with one line that a machine can read: `N passed, N failed, N skipped`. Tests that passed only at their second try
 * are named above it: each is a race to be found, in the test or in the product. So are the files that failed (`failed file: FILE`).
 */
export class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const counts = { passed: 0, failed: errors.length, skipped: 0 }
    for (const module of modules) {
      const tests = [...module.children.allTests()]
      for (const test of tests) {
        counts[stateOf(test.result().state)]++
        if (test.diagnostic()?.flaky) process.stdout.write(secondTry(test))
      }
      if (module.state() !== 'failed') continue
      // A file that could not be loaded, or tidied up after, has no test that failed.
      if (!tests.some((test) => test.result().state === 'failed')) counts.failed++
      process.stdout.write(`failed file: ${module.relativeModuleId}\n`)
    }
    process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`)
  }
}

function secondTry(test: TestCase): string {
  const why = test.result().errors?.[0]?.message ?? 'no reason given'
  return `second try: ${test.module.relativeModuleId} > ${test.fullName}: ${why}\n`
}

function stateOf(state: string): 'passed' | 'failed' | 'skipped' {
  return state === 'passed' || state === 'failed' ? state : 'skipped'
}
