'use strict'

// Loads our bundles and keeps their compiled code between runs: compiling is half of what a command costs.
// Node.js 22 does this itself (module.enableCompileCache); this goes when Node.js 20 does.

const fs = require('node:fs')
const { createRequire } = require('node:module')
const path = require('node:path')
const vm = require('node:vm')

const root = path.dirname(__dirname)
// Kept code cannot import() on Node 20: see src/kit/src/import-module.ts.
globalThis[Symbol.for('anyfaas.import')] = (url) => import(url)

const isOlder = Number(process.versions.node.split('.')[0]) < 22
// For what our bundles load by a path that only the run tells, such as a provider: see the same file.
if (isOlder) globalThis[Symbol.for('anyfaas.require')] = (file) => exports.load(file)

/** Loads a bundle by its absolute path, and keeps its compiled code by whatever this Node.js has for that. */
exports.run = function run(file) {
  if (isOlder) return exports.load(file)
  require('node:module').enableCompileCache?.()
  return require(file)
}

const loaded = new Map()
const compiled = []

/** Loads a bundle by its absolute path, as require() would. */
exports.load = function load(file) {
  const known = loaded.get(file)
  if (known) return known.exports
  const module = { exports: {} }
  loaded.set(file, module)
  const native = createRequire(file)
  const require = (id) => (/^\..*\.cjs$/.test(id) ? load(path.resolve(path.dirname(file), id)) : native(id))
  require.resolve = native.resolve
  compile(file).runInThisContext()(module.exports, require, module, file, path.dirname(file))
  return module.exports
}

function compile(file) {
  const source = fs.readFileSync(file, 'utf8')
  const { mtimeMs, size } = fs.statSync(file)
  // Whatever the code of one file depends on is in the name; V8 itself refuses what another V8 made.
  const name = `${path.relative(root, file).replace(/[\\/]/g, '-')}-${size.toString(36)}-${Math.trunc(mtimeMs).toString(36)}`
  const kept = path.join(folder(), name)
  const cachedData = fs.existsSync(kept) ? fs.readFileSync(kept) : undefined
  const text = `(function(exports,require,module,__filename,__dirname){${source}\n})`
  const script = new vm.Script(text, { filename: file, cachedData })
  if (!cachedData || script.cachedDataRejected) compiled.push({ script, kept })
  return script
}

// The user's own folder: code from a shared one could be anybody's.
function folder() {
  const cache = process.env.XDG_CACHE_HOME || path.join(require('node:os').homedir(), '.cache')
  return path.join(cache, 'anyfaas', `code-${require('../package.json').version}-${process.version}`)
}

// At the end, when what was needed has been compiled too.
process.once('exit', () => {
  if (compiled.length === 0) return
  try {
    makeFolder()
    for (const { script, kept } of compiled) {
      const draft = `${kept}.${process.pid}`
      fs.writeFileSync(draft, script.createCachedData())
      fs.renameSync(draft, kept)
    }
  } catch {
    // A home that cannot be written to makes the next start slower, nothing else.
  }
})

// What other versions left behind goes with the first file of this one.
function makeFolder() {
  const own = folder()
  if (fs.existsSync(own)) return
  const parent = path.dirname(own)
  fs.mkdirSync(parent, { recursive: true, mode: 0o700 })
  const others = fs.readdirSync(parent).filter((name) => name.startsWith('code-'))
  for (const other of others) fs.rmSync(path.join(parent, other), { recursive: true, force: true })
  fs.mkdirSync(own, { recursive: true })
}
