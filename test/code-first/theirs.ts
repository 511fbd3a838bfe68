/**
 * Programs that call a project's handlers as the framework's own packages do on FC, behind its gateway: written in the
 * shape of the entry files that its command line makes. Each reads calls from stdin and writes answers.
 */
export function theirProgram(major: number): string {
  return `${START[major]}
const { readFileSync, writeSync } = require('fs')
const context = { requestId: 'request-1', function: { name: 'shop', handler: '' }, service: { name: 'shop' }, logger: { info() {}, warn() {}, error() {} } }
async function main() {
  const call = await start()
  const answers = []
  for (const { handler, event } of JSON.parse(readFileSync(0, 'utf8'))) {
    answers.push(await call(handler, event, context).catch((error) => ({ thrown: String(error.message) })))
  }
  writeSync(3, JSON.stringify(answers))
  process.exit(0)
}
main().catch((error) => { console.error(error); process.exit(1) })
`
}

const STARTER = `const { asyncWrapper, start: startRuntime } = require('@midwayjs/serverless-fc-starter')
async function startWith(boot) {
  let framework
  const layer = (engine) => engine.addRuntimeExtension({
    async beforeFunctionStart(runtime) { framework = await boot(runtime) },
  })
  const runtime = await startRuntime({ layers: [layer], initContext: {} })
  return (handler, event, context) => asyncWrapper(async (...args) => runtime.asyncEvent(framework.handleInvokeWrapper(handler))(...args))(event, context)
}
`

const START: Readonly<Record<number, string>> = {
  1: `${STARTER}
const { FaaSStarter } = require('@midwayjs/faas')
const start = () => startWith(async (runtime) => {
  const starter = new FaaSStarter({ baseDir: __dirname, initializeContext: {}, applicationAdapter: runtime })
  await starter.start()
  return starter
})
`,
  2: `${STARTER}
const { BootstrapStarter } = require('@midwayjs/bootstrap')
const { Framework } = require('@midwayjs/faas')
const start = () => startWith(async (runtime) => {
  const framework = new Framework()
  framework.configure({ initializeContext: {}, applicationAdapter: runtime })
  const boot = new BootstrapStarter()
  boot.configure({ appDir: __dirname }).load(framework)
  await boot.init()
  await boot.run()
  return framework
})
`,
  3: `const { BootstrapStarter } = require('@midwayjs/fc-starter')
async function start() {
  const starter = new BootstrapStarter()
  const exported = starter.start({ appDir: __dirname, baseDir: __dirname + '/dist', initializeMethodName: 'initializer' })
  await exported.initializer({ function: { name: 'shop' }, service: { name: 'shop' } })
  await starter.framework.loadFunction()
  return (handler, event, context) => starter.onRequest(event, { ...context, function: { ...context.function, handler } })
}
`,
  4: `const { AbstractBootstrapStarter } = require('@midwayjs/faas')
class Starter extends AbstractBootstrapStarter {
  onStart() {}
  onRequest() {}
  onInit() { return this.initFramework({ ...this.options, globalConfig: { faas: { applicationAdapter: { getFunctionName: () => 'shop', getFunctionServiceName: () => 'shop' } } } }) }
  async run(handler, event, context) {
    const isHttp = Boolean(event.httpMethod)
    const ctx = isHttp ? await this.framework.wrapHttpRequest(event, context) : { originEvent: event, originContext: context, logger: context.logger }
    return await this.framework.invokeTriggerFunction(ctx, handler, { isHttpFunction: isHttp })
  }
}
async function start() {
  const starter = new Starter({ appDir: __dirname, baseDir: __dirname + '/dist' })
  await starter.onInit()
  await starter.framework.loadFunction()
  return (handler, event, context) => starter.run(handler, event, context)
}
`,
}
