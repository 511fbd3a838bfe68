import { execFileSync, spawn } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeMachine } from '../../examples/sls.ts'
import { has } from '../../peers.ts'
import { answers, freePort, openYard, type Yard } from './containers.ts'

const SERVER = `import { createServer } from 'node:http'
import { greet } from './greet.ts'
const server: import('node:http').Server = createServer((req, res) => res.end(greet(req.url ?? '', process.cwd())))
server.listen(Number(process.env.PORT), '127.0.0.1')
`

const SERVICE = (base: string, image: string) => `service: shop
provider:
  name: aliyun
functions:
  api:
    handler: src/server.ts
    container:
      image: ${image}
      build:
        base: ${base}
      command: [/usr/bin/node, server.js]
    events:
      - http: /*
`

describe.runIf(has('containers'))('a service in TypeScript', { timeout: 600_000 }, () => {
  let yard: Yard
  const machine = makeMachine()
  beforeAll(() => {
    yard = openYard()
  })
  afterAll(async () => {
    await yard.close()
    await machine.remove()
  })

  /** An image with this very Node.js and the libraries that it names, in a registry. */
  async function makeBase(registry: string): Promise<string> {
    const root = join(yard.folder, 'node-root')
    const libraries = execFileSync('ldd', [process.execPath], { encoding: 'utf8' }).match(/\/\S+(?= \()/g) ?? []
    for (const [from, to] of [[process.execPath, '/usr/bin/node'], ...libraries.map((path) => [path, path])]) {
      mkdirSync(dirname(join(root, `${to}`)), { recursive: true })
      copyFileSync(`${from}`, join(root, `${to}`))
    }
    writeFileSync(join(root, 'Containerfile'), 'FROM scratch\nCOPY . /\n')
    await yard.buildah('bud', '-t', 'node-base', root)
    const push = ['push', '--disable-compression', '--tls-verify=false', '--digestfile', join(yard.folder, 'digest')]
    await yard.buildah(...push, 'node-base', `docker://${registry}/library/node:20`)
    return `${registry}/library/node:20@${readFileSync(join(yard.folder, 'digest'), 'utf8')}`
  }

  it('is pushed by sls package, named in the spec, and serves from a container', async () => {
    const registry = await yard.registry()
    const base = await makeBase(registry)
    const dir = join(yard.folder, 'service')
    mkdirSync(join(dir, 'src'), { recursive: true })
    writeFileSync(join(dir, 'src/server.ts'), SERVER)
    writeFileSync(
      join(dir, 'src/greet.ts'),
      'export const greet = (path: string, at: string) => `hello ${path} from ${at}`\n',
    )
    writeFileSync(join(dir, 'serverless.yml'), SERVICE(base, `${registry}/team/api:1.0`))
    const packed = await machine.sls(['package', '--push', '--json'], { cwd: dir })
    expect(packed.stderr).not.toContain('error')
    const { artifacts, specs } = JSON.parse(packed.stdout).result.packages[0]
    const name = artifacts[0].image.name
    expect(name).toBe(`${registry}/team/api:1.0@${artifacts[0].digest}`)
    expect(readFileSync(specs[0].path, 'utf8')).toContain(`image: ${registry}/team/api@${artifacts[0].digest}`)
    // The large layer of the base went from repository to repository.
    expect(artifacts[0].bytes).toBeLessThan(10_000)

    const container = (await yard.buildah('from', '--tls-verify=false', `${registry}/team/api:1.0`)).trim()
    const { OCIv1 } = JSON.parse(await yard.buildah('inspect', container))
    const port = await freePort()
    const storage = [
      '--root',
      join(yard.folder, 'storage'),
      '--runroot',
      join(yard.folder, 'run'),
      '--storage-driver',
      'vfs',
    ]
    const run = ['run', '--isolation', 'chroot', '--env', `PORT=${port}`, container, '--', ...OCIv1.config.Entrypoint]
    const child = spawn('buildah', [...storage, ...run], { stdio: 'ignore', detached: true })
    try {
      const answer = await answers(`http://127.0.0.1:${port}/a`, child)
      expect(await answer.text()).toBe('hello /a from /app')
    } finally {
      if (child.pid !== undefined) process.kill(-child.pid)
      await new Promise((done) => (child.exitCode === null ? child.once('exit', done) : done(undefined)))
    }
  })
})
