'use strict'
const { createHash } = require('node:crypto')
const { tmpdir } = require('node:os')
const { join } = require('node:path')

/** Group -> package -> exact version. */
const judges = require('./packages.json')

/** Where a group is installed, or would be: another folder for other versions. */
function judgeFolder(group) {
  const digest = createHash('sha256').update(JSON.stringify(judges[group])).digest('hex').slice(0, 12)
  return join(process.env.ANYFAAS_JUDGES ?? join(tmpdir(), 'anyfaas-judges'), `${group}-${digest}`)
}

module.exports = { judges, judgeFolder }
