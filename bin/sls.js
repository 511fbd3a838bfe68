#!/usr/bin/env node
'use strict'

const word = process.argv[2]
// Answered before anything is loaded: an empty script costs as much.
if (word === '--version' || word === '-v') {
  say(`${require('../package.json').version}\n`)
} else {
  start()
}

// Not process.stdout: that loads all of Node's network code.
function say(text) {
  try {
    require('node:fs').writeSync(1, text)
  } catch (error) {
    if (error.code !== 'EPIPE') throw error
  }
}

function start() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19))
    fail(`sls needs Node.js 20.19 or newer, this is ${process.versions.node}`)
  const main = require('node:path').join(__dirname, '../dist/cli/main.cjs')
  if (!require('node:fs').existsSync(main))
    fail(`sls is not built yet: run "npm run build" in ${require('node:path').dirname(__dirname)}`)
  // Stacks that lead to the sources are worth their time only when somebody looks at them.
  if (process.env.SLS_DEBUG || process.argv.includes('--debug')) process.setSourceMapsEnabled(true)
  // From Node.js 22 on, the compiled code is kept between runs.
  if (major >= 22) require('node:module').enableCompileCache?.()
  require(main)
}

function fail(text) {
  process.stderr.write(`${text}\n`)
  process.exit(1)
}
