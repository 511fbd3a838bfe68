// Calls the entry of an unpacked artifact as a platform does, in a process of its own: a JSON job on stdin, JSON answers on stdout.
import { createRequire } from 'node:module'
import { text } from 'node:stream/consumers'

const require = createRequire(import.meta.url)
const { entry: file, emulator: path, calls, info } = JSON.parse(await text(process.stdin))
const { emulator } = require(path)
const module = await import(file)
const entry = module.handler ? module : module.default
const answers = []
for (const { body, ...call } of calls) {
  const given = { kind: 'http', ...call, ...(body !== undefined && { body: Buffer.from(body, 'base64') }) }
  const answer = await emulator.call(entry, given, info)
  answers.push({ ...answer, body: Buffer.from(answer.body).toString('base64') })
}
process.stdout.write(`\n${JSON.stringify(answers)}`, () => process.exit())
