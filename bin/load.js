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
// V8 gives compiled code the mark of how the engine is set up when it is kept: see src/cli/engine.ts.
globalThis[Symbol.for('anyfaas.keep')] = () => keep()

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
  try {
    compile(file).runInThisContext()(module.exports, require, module, file, path.dirname(file))
  } catch (cause) {
    loaded.delete(file)
    throw cause
  }
  return module.exports
}

function compile(file) {
  const source = fs.readFileSync(file)
  const kept = path.join(folder(), nameOf(file))
  const cachedData = compiledFrom(source, kept)
  const text = `(function(exports,require,module,__filename,__dirname){${source}\n})`
  const script = new vm.Script(text, { filename: file, cachedData })
  if (!cachedData || script.cachedDataRejected) compiled.push({ script, source, kept })
  return script
}

// Files of one name and one folder differ by their source alone; of a path that is too long for a name the end will do. An
// engine that is set up otherwise takes no code of this one: see src/cli/engine.ts.
function nameOf(file) {
  const name = path.relative(root, file).replace(/[\\/:]/g, '-')
  const tuned = globalThis[Symbol.for('anyfaas.tuned')]
  return tuned === undefined ? name.slice(-200) : `${name.slice(-200)}-${tuned}`
}

// The source stands behind what was compiled from it. V8 compares no more than its length, and npm gives every file the
// same date. What another V8 made, V8 refuses itself.
function compiledFrom(source, kept) {
  if (!fs.existsSync(kept)) return undefined
  const bytes = fs.readFileSync(kept)
  const end = bytes.length - source.length
  return end > 0 && source.equals(bytes.subarray(end)) ? bytes.subarray(0, end) : undefined
}

// The user's own folder: code from a shared one could be anybody's.
function folder() {
  const cache = process.env.XDG_CACHE_HOME || path.join(require('node:os').homedir(), '.cache')
  return path.join(cache, 'anyfaas', `code-${require('../package.json').version}-${process.version}`)
}

// At the end, when what was needed has been compiled too.
process.once('exit', keep)

function keep() {
  if (compiled.length === 0) return
  try {
    makeFolder()
    for (const { script, source, kept } of compiled.splice(0)) {
      const draft = `${kept}.${process.pid}`
      fs.writeFileSync(draft, Buffer.concat([script.createCachedData(), source]))
      fs.renameSync(draft, kept)
    }
  } catch {
    // A home that cannot be written to makes the next start slower, nothing else.
  }
}

// What other versions left behind goes with the first file of this one.
function makeFolder() {
  const own = folder()
  if (fs.existsSync(own)) return
  const parent = path.dirname(own)
  makeWithParents(parent)
  const others = fs.readdirSync(parent).filter((name) => name.startsWith('code-'))
  for (const other of others) fs.rmSync(path.join(parent, other), { recursive: true, force: true })
  fs.mkdirSync(own)
}

// Node's own `recursive` never ends below a folder that says of any name that it is missing, as /proc does. src/local/make-folder.ts is
// the same; this file loads the bundles, and needs none of them.
function makeWithParents(folder) {
  if (fs.existsSync(folder)) return
  makeWithParents(path.dirname(folder))
  fs.mkdirSync(folder, { mode: 0o700 })
}
