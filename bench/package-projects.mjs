// What the bench of packaging packs: projects and others' tools, made in a folder once.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const PACKAGES = {
  whole: {
    production:
      'express@4 lodash@4 mongoose@8 axios@1 moment@2 koa@2 egg@3 ali-oss@6 mysql2@3 zod@3 date-fns@3 rxjs@7 uuid@9 winston@3 ioredis@5',
    development: 'typescript@5 jest@29 eslint@8 @types/node@20 prettier@3',
  },
  quick: {
    production: 'express@4 lodash@4 mongoose@8 axios@1 zod@3 date-fns@3',
    development: 'typescript@5 @types/node@20',
  },
}

/** Makes what is not there yet. `which` is `whole` or `quick`. */
export function prepare(folder, which) {
  if (existsSync(join(folder, `${which}.made`))) return
  const [project, theirs, all, tools, bundled] = ['project', 'theirs', 'all', 'tools', 'bundled'].map((name) =>
    join(folder, name),
  )
  mkdirSync(join(project, 'src'), { recursive: true })
  writeFileSync(join(project, 'package.json'), '{"name":"shop","version":"1.0.0","private":true}')
  install(project, PACKAGES[which].production)
  install(project, PACKAGES[which].development, '--save-dev')
  for (let index = 0; index < FUNCTIONS; index++) writeFileSync(join(project, `src/f${index}.js`), handler(index))
  for (const copy of [theirs, all]) cpSync(project, copy, { recursive: true, verbatimSymlinks: true })
  writeFileSync(join(project, 'serverless.yml'), service('http: { path: /fX, method: get }'))
  writeFileSync(join(theirs, 'serverless.yml'), service('httpApi: GET /fX', { runtime: 'nodejs22.x' }))
  const everything = 'package: { excludeDevDependencies: false }\n'
  writeFileSync(join(all, 'serverless.yml'), service('http: { path: /fX, method: get }') + everything)
  mkdirSync(tools)
  writeFileSync(join(tools, 'package.json'), '{"private":true}')
  install(tools, 'osls@4 yazl@3 esbuild@0.28')
  writeFileSync(join(tools, 'yazl.cjs'), YAZL)
  writeFileSync(join(tools, 'esbuild.cjs'), ESBUILD)
  makeBundled(bundled, project)
  writeFileSync(join(folder, `${which}.made`), '')
}

/** So many files with as many bytes altogether, of the texts of `from`, no two the same. */
export function makeLarge(folder, from, { files, bytes }) {
  if (existsSync(join(folder, 'serverless.yml'))) return
  const texts = textsIn(join(from, 'node_modules'))
  const size = Math.floor(bytes / files)
  for (let index = 0; index < files; index++) {
    const path = join(folder, 'data', String(index % 500))
    if (index < 500) mkdirSync(path, { recursive: true })
    // From a tenth of the mean up to nearly twice of it.
    const wanted = Math.floor(size * (0.1 + (1.8 * ((index * 7919) % 1000)) / 999))
    writeFileSync(join(path, `${index}.txt`), texts(index, wanted))
  }
  mkdirSync(join(folder, 'src'), { recursive: true })
  writeFileSync(join(folder, 'src/f0.js'), 'exports.handler = async () => 1\n')
  writeFileSync(join(folder, 'serverless.yml'), service('http: { path: /fX, method: get }', { functions: 1 }))
}

const FUNCTIONS = 20
const BUNDLED_FUNCTIONS = 10

function service(event, { runtime = 'nodejs22', functions = FUNCTIONS } = {}) {
  const rows = Array.from({ length: functions }, (_, index) => {
    const own = event.replace('X', index)
    return `  f${index}:\n    handler: src/f${index}.handler\n    events:\n      - ${own}\n`
  })
  return `service: shop\nprovider: { name: aws, runtime: ${runtime} }\nfunctions:\n${rows.join('')}`
}

function handler(index) {
  return `const _ = require('lodash')\nconst z = require('zod')\nexports.handler = async () => ({ statusCode: 200, body: _.camelCase('f ${index}') + typeof z })\n`
}

// TypeScript that shares large packages; they lie in the other project.
function makeBundled(folder, project) {
  mkdirSync(join(folder, 'src'), { recursive: true })
  cpSync(join(project, 'package.json'), join(folder, 'package.json'))
  cpSync(join(project, 'node_modules'), join(folder, 'node_modules'), { recursive: true, verbatimSymlinks: true })
  const imports = ['express', 'axios', 'lodash', 'mongoose'].map((name) => `import ${name} from '${name}'\n`).join('')
  for (let index = 0; index < BUNDLED_FUNCTIONS; index++) {
    const text = `${imports}import { z } from 'zod'\nexport const handler = async (): Promise<string> => [typeof express, typeof axios, lodash.camelCase('f ${index}'), mongoose.version, typeof z].join()\n`
    writeFileSync(join(folder, `src/f${index}.ts`), text)
  }
  const options = 'package: { bundle: { sourcemap: false } }\n'
  const functions = { functions: BUNDLED_FUNCTIONS }
  writeFileSync(join(folder, 'serverless.yml'), service('http: { path: /fX, method: get }', functions) + options)
}

function textsIn(folder) {
  const parts = []
  let bytes = 0
  const walk = (at) => {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      if (bytes > 40_000_000) return
      const path = join(at, entry.name)
      if (entry.isDirectory()) walk(path)
      else if (/\.(?:js|json|ts|md)$/.test(entry.name)) bytes += parts[parts.push(readFileSync(path)) - 1].length
    }
  }
  walk(folder)
  const all = Buffer.concat(parts)
  return (index, length) => {
    const start = (index * 104_729) % Math.max(1, all.length - length)
    return Buffer.concat([Buffer.from(`${index}\n`), all.subarray(start, start + length)])
  }
}

function install(cwd, packages, ...flags) {
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...flags, ...packages.split(' ')]
  const { status, stderr } = spawnSync('npm', args, { cwd, encoding: 'utf8' })
  if (status !== 0) throw new Error(`npm install failed: ${stderr}`)
}

const YAZL = `
const fs = require('node:fs'), path = require('node:path')
const { ZipFile } = require('yazl')
const zip = new ZipFile()
const add = (folder, at) => {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const name = at ? at + '/' + entry.name : entry.name
    if (entry.isDirectory()) add(path.join(folder, entry.name), name)
    else if (entry.isFile()) zip.addFile(path.join(folder, entry.name), name)
  }
}
for (const name of ['node_modules', 'src']) add(path.join(process.argv[2], name), name)
zip.outputStream.pipe(fs.createWriteStream(process.argv[3]))
zip.end()
`

// As plugins for bundling do it: a run and a zip for each function.
const ESBUILD = `
const fs = require('node:fs'), path = require('node:path')
const { build } = require('esbuild')
const { ZipFile } = require('yazl')
const [folder, out] = process.argv.slice(2)
const run = async () => {
  for (const name of fs.readdirSync(path.join(folder, 'src'))) {
    const options = { bundle: true, platform: 'node', target: 'node22', write: false, logLevel: 'silent' }
    const { outputFiles } = await build({ ...options, entryPoints: [path.join(folder, 'src', name)] })
    const zip = new ZipFile()
    zip.addBuffer(Buffer.from(outputFiles[0].contents), 'index.js')
    zip.end()
    const file = fs.createWriteStream(path.join(out, name + '.zip'))
    await new Promise((resolve) => zip.outputStream.pipe(file).on('close', resolve))
  }
}
run()
`
