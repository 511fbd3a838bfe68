import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'
import { expect, test } from 'vitest'

const FOLDER = fileURLToPath(new URL('../../src/local', import.meta.url))

// What V8 wants kept code to bear, and how much its heap may have.
const LOOK = `const look = () => {
  const { cachedDataVersionTag, getHeapStatistics } = require('node:v8')
  return [cachedDataVersionTag(), getHeapStatistics().heap_size_limit]
}`

function run(flags: readonly string[], script: string): unknown {
  return JSON.parse(execFileSync(process.execPath, [...flags, '-e', script], { encoding: 'utf8' }))
}

test.each(['--max-old-space-size=64', '--max-semi-space-size=2'])(
  '%s leaves V8 the code that Node.js brings compiled, and has its effect',
  (flag) => {
    const { outputFiles } = buildSync({
      stdin: {
        contents: `require('./usual-flags.ts'); ${LOOK}; console.log(JSON.stringify(look()))`,
        resolveDir: FOLDER,
      },
      bundle: true,
      write: false,
      platform: 'node',
    })
    const show = `${LOOK}; console.log(JSON.stringify(look()))`
    const [[tag], [, limit]] = [run([], show), run([flag], show)] as [number[], number[]]
    expect(run([flag], outputFiles[0]?.text ?? '')).toEqual([tag, limit])
  },
)
