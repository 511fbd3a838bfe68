// Installs what the tests judge by, every group of packages.json into a folder of its own, unless it is there already:
// `node test/judges/install.mjs [group…]`. Nothing of it becomes a dependency of the project.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { judgeFolder, judges } from './folder.cjs'

const groups = process.argv.slice(2)
const wanted = groups.length > 0 ? groups : Object.keys(judges)
const codes = await Promise.all(wanted.map(install))
process.exitCode = codes.every((code) => code === 0) ? 0 : 1

async function install(group) {
  const folder = judgeFolder(group)
  if (existsSync(folder)) return 0
  const draft = `${folder}.${process.pid}.tmp`
  await mkdir(draft, { recursive: true })
  await writeFile(`${draft}/package.json`, JSON.stringify({ private: true, dependencies: judges[group] }))
  const code = await npm(['install', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'], draft)
  if (code === 0 && !existsSync(folder)) await rename(draft, folder)
  await rm(draft, { recursive: true, force: true })
  console.log(`${group}: ${code === 0 ? folder : `npm ended with ${code}`}`)
  return code
}

function npm(args, cwd) {
  const child = spawn('npm', args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] })
  return new Promise((done) => {
    child.once('error', () => done(127))
    child.once('close', done)
  })
}
