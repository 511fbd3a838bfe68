import type { Reporter, TestCase, TestModule } from 'vitest/node'

/**
 * Ends the run with one line that a machine can read: `N passed, N failed, N skipped`. Tests that passed only at their second try
 * are named above it: each is a race to be found, in the test or in the product.
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
      // A file that could not be loaded has no tests that could fail.
      if (tests.length === 0 && module.state() === 'failed') counts.failed++
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
