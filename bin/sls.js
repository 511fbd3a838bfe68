#!/usr/bin/env node
'use strict'

const fs = require('node:fs')
const path = require('node:path')

// Answered before anything is loaded: an empty script costs as much.
if (['--version', '-v'].includes(process.argv[2])) say(`${require('../package.json').version}\n`)
else start(path.join(__dirname, '../dist/cli/main.cjs'))

// Not process.stdout: that loads all of Node's network code.
function say(text) {
  try {
    fs.writeSync(1, text)
  } catch (error) {
    if (error.code !== 'EPIPE') fail(`the standard output cannot be written: ${error.message}`)
  }
}

function start(main) {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(`sls needs Node.js 20.19 or newer, this is ${process.versions.node}`)
  }
  if (!fs.existsSync(main)) fail(`sls is not built yet: run "npm run build" in ${path.dirname(__dirname)}`)
  // Stacks that lead to the sources are worth their time only when somebody looks at them.
  const isLookedAt = process.env.SLS_DEBUG || process.argv.includes('--debug')
  if (isLookedAt) process.setSourceMapsEnabled(true)
  if (major >= 22) require('node:module').enableCompileCache?.()
  if (isLookedAt || major >= 22) require(main)
  else require('./load.js').load(main)
}

function fail(text) {
  process.stderr.write(`${text}\n`)
  process.exit(1)
}
