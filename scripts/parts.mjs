// What of the runtime most calls never need stands in files beside it, opened at the first use: a function loads what it
// runs. The modules named here export functions only; each is replaced by stand-ins that open its part.
import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

const PARTS = {
  events: ['event-calls.ts', 'events.ts'],
  express: ['express.ts'],
  gateway: ['gateway.ts', 'http-v1.ts', 'response-stream.ts'],
  layers: ['engine-layer.ts', 'extension.ts', 'layer-stack.ts', 'shutdown.ts'],
  more: [
    'append.ts',
    'body.ts',
    'cookies.ts',
    'decode-path.ts',
    'header-write.ts',
    'initializer.ts',
    'negotiate.ts',
    'node-stream.ts',
    'outputs.ts',
    'query.ts',
    'raw.ts',
    'rich-body.ts',
    'signatures.ts',
    'spelling.ts',
    'stream.ts',
    'trie.ts',
    'types.ts',
  ],
  send: ['sidecar.ts'],
  trouble: [
    'complaint.ts',
    'cors.ts',
    'explain.ts',
    'failure.ts',
    'frames.ts',
    'lateness.ts',
    'origins.ts',
    'refusal.ts',
    'thrown.ts',
    'words.ts',
  ],
  zip: ['gunzip.ts'],
}

const partOf = Object.fromEntries(Object.entries(PARTS).flatMap(([part, names]) => names.map((name) => [name, part])))
const RUNTIME = /\/(src\/runtime\/src|plugins\/[^/]+\/src\/runtime|src\/local\/runtime)\//

/**
 * Replaces the modules of other parts; `own` is the part that is being made, and `used` gathers which modules of which
 * parts it opens.
 */
export function partImports(own, used) {
  return {
    name: 'part-imports',
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /^part:/ }, ({ path }) => ({ path, namespace: 'part' }))
      onLoad({ filter: /^part:/, namespace: 'part' }, ({ path }) => {
        const open = `export const open = () => (module ??= require("./${fileOf(path.slice('part:'.length))}"))`
        return { contents: `let module\n${open}`, loader: 'js', resolveDir: '/' }
      })
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const part = RUNTIME.test(path) ? partOf[basename(path)] : undefined
        if (!part || part === own) return undefined
        used.set(path, part)
        return { contents: standIn(path, part), loader: 'js', resolveDir: dirname(path) }
      })
    },
  }
}

/** What a bundle is made of: `start` of a platform, or everything that was asked for of a part. */
export function entryOf(paths) {
  const names = (path) => namesIn(readFileSync(path, 'utf8'))
  // By assignments: what esbuild writes for exports would be a thirtieth of the whole.
  return [...paths].sort().map((path) => {
    const list = names(path).join(', ')
    return `import { ${list} } from ${JSON.stringify(path)}\n${names(path)
      .map((name) => `exports.${name} = ${name}`)
      .join('\n')}`
  })
}

export function partFile(runtimeFile, part) {
  return join(dirname(runtimeFile), fileOf(part))
}

function fileOf(part) {
  return `sls_${part}.cjs`
}

function standIn(path, part) {
  const text = readFileSync(path, 'utf8')
  const wrong = /^export (?!(?:async )?function|interface|type)\w+ \w+/m.exec(text)
  if (wrong) throw new Error(`${path} is in a part of its own and exports more than functions: ${wrong[0]}`)
  const names = functionsIn(text).map(({ name, parameters }) => {
    const list = 'abcd'.slice(0, parameters).split('').join(', ')
    return `export const ${name} = (${list}) => open().${name}(${list})`
  })
  return [`import { open } from 'part:${part}'`, ...names].join('\n')
}

function namesIn(text) {
  return [...text.matchAll(/^export (?:async function\*?|function\*?|const) (\w+)/gm)].map(([, name]) => name)
}

// How many parameters each function has: a stand-in that takes a list would make one at every call.
function functionsIn(text) {
  return [...text.matchAll(/^export (?:async )?function\*? (\w+)(?:<[^(]*>)?\(/gm)].map(
    ({ 0: head, 1: name, index }) => {
      let depth = 0
      let commas = 0
      let at = index + head.length
      const start = at
      for (; depth > 0 || text[at] !== ')'; at++) {
        if ('([{'.includes(text[at])) depth++
        else if (')]}'.includes(text[at])) depth--
        else if (text[at] === ',' && depth === 0 && /^,\s*\w/.test(text.slice(at).replace(/^,\s*\{/, ',x'))) commas++
      }
      return { name, parameters: text.slice(start, at).trim() === '' ? 0 : commas + 1 }
    },
  )
}
