// Runs benches by name, all of them without one: `npm run bench [startup|translate|runtime|package|reload …]`.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const BENCHES = ['startup', 'translate', 'runtime', 'package', 'reload']

const names = process.argv.slice(2)
const unknown = names.filter((name) => !BENCHES.includes(name))
if (unknown.length > 0) {
  console.error(`no bench "${unknown.join('", "')}": there are ${BENCHES.join(', ')}`)
  process.exit(2)
}
const failed = (names.length > 0 ? names : BENCHES).filter((name) => {
  console.log(`\n== ${name}`)
  const path = join(dirname(fileURLToPath(import.meta.url)), `${name}.mjs`)
  return spawnSync(process.execPath, [path], { stdio: 'inherit' }).status !== 0
})
if (failed.length > 0) console.error(`\nover a limit: ${failed.join(', ')}`)
process.exitCode = failed.length > 0 ? 1 : 0
