import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PushCounts } from '../../../src/packager/image/push.ts'
import { has } from '../../peers.ts'
import { mistakesOf, type Project, useProjects } from '../project.ts'
import { openYard, type Yard } from './containers.ts'
import { containerOf, packIn } from './images.ts'

const project = useProjects()
const FILES = { 'server.js': 'console.log(1)', 'data.bin': Buffer.alloc(3_000_000, 'data') }

describe.runIf(has('containers'))('a registry', { timeout: 300_000 }, () => {
  let yard: Yard
  let registry: string
  beforeAll(async () => {
    yard = openYard()
    registry = await yard.registry()
  })
  afterAll(() => yard.close())

  /** Packs with a push; what happened to the blobs. */
  async function push(made: Project, base: string, to: string): Promise<{ counts?: PushCounts; name?: string }> {
    let counts: PushCounts | undefined
    const fn = containerOf('api', { build: { base, platforms: ['linux/amd64', 'linux/arm64'] } })
    const onPush = (_: string, made: PushCounts) => {
      counts = made
    }
    const { artifacts } = await packIn(made, [fn], { push: to, onPush })
    const name = artifacts[0]?.image?.name
    return { ...(counts && { counts }), ...(name !== undefined && { name }) }
  }

  /** Puts a base for two platforms into a registry, by somebody else's hand; its name with the digest. */
  async function makeBase(to: string): Promise<string> {
    const root = join(yard.folder, `base-${to.replace(/\W/g, '-')}`)
    mkdirSync(root)
    for (const arch of ['amd64', 'arm64']) {
      writeFileSync(join(root, 'file'), arch)
      writeFileSync(join(root, 'Containerfile'), `FROM scratch\nCOPY file /${arch}\nENV BASE=${arch}\n`)
      await yard.buildah(
        'bud',
        '--platform',
        `linux/${arch}`,
        '--manifest',
        `list-${root}`.replace(/\W/g, '').toLowerCase(),
        root,
      )
    }
    const list = `list-${root}`.replace(/\W/g, '').toLowerCase()
    await yard.buildah('manifest', 'push', '--all', '--tls-verify=false', list, `docker://${to}/base/two:1`)
    const { Digest } = JSON.parse(
      await yard.skopeo('inspect', '--tls-verify=false', `docker://${to}/base/two:1`, '--override-arch=amd64'),
    )
    expect(Digest).toMatch(/^sha256:/)
    return `${to}/base/two:1`
  }

  it('gets an index with all layers; another tool reads every platform of it', async () => {
    const base = await makeBase(registry)
    const made = project(FILES)
    const { counts, name } = await push(made, base, `${registry}/team`)
    // Each platform has a layer of the base that is mounted; one layer of the app and two configurations are sent.
    expect(counts).toEqual({ there: 0, mounted: 2, sent: 3 })
    expect(name).toMatch(new RegExp(`^${registry}/team/shop-api:dev@sha256:[0-9a-f]{64}$`))
    for (const arch of ['amd64', 'arm64']) {
      const out = join(yard.folder, `pulled-${arch}`)
      const source = `docker://${registry}/team/shop-api@${name?.split('@')[1]}`
      await yard.skopeo('copy', `--override-arch=${arch}`, '--src-tls-verify=false', source, `oci:${out}:latest`)
      const { config, rootfs } = JSON.parse(await yard.skopeo('inspect', '--config', `oci:${out}:latest`))
      expect([config.Env, rootfs.diff_ids.length]).toEqual([expect.arrayContaining([`BASE=${arch}`, 'PORT=9000']), 2])
    }
    // Nothing of the base was fetched but its manifests and configurations.
    expect(await push(made, base, `${registry}/team`)).toMatchObject({ counts: { there: 0, mounted: 0, sent: 0 } })
    made.write({ 'server.js': 'console.log(2)' })
    expect(await push(made, base, `${registry}/team`)).toMatchObject({ counts: { there: 2, mounted: 0, sent: 3 } })
  })

  it('gets the layers of a base from another registry, streamed', async () => {
    const other = await yard.registry()
    const base = await makeBase(other)
    expect(await push(project(FILES), base, `${registry}/else`)).toMatchObject({
      counts: { there: 0, mounted: 0, sent: 5 },
    })
    await yard.skopeo(
      'copy',
      '--src-tls-verify=false',
      `docker://${registry}/else/shop-api:dev`,
      `dir:${yard.folder}/else`,
    )
  })

  it('is a base for a layout with everything in it, when nothing is pushed', async () => {
    const base = await makeBase(await yard.registry())
    const made = project(FILES)
    const fn = containerOf('api', { build: { base } })
    const { artifacts, diagnostics } = await packIn(made, [fn])
    expect(diagnostics).toMatchObject([
      { code: 'SLS4030', severity: 'note', help: [expect.stringContaining(`base: ${base}@sha256:`)] },
    ])
    await yard.skopeo('copy', `oci:${artifacts[0]?.path}`, `dir:${yard.folder}/whole`)
  })

  it('with a password takes that of the configuration or of its helper, and nothing without', async () => {
    const locked = await yard.registry({ isLocked: true })
    const made = project(FILES)
    const home = join(made.dir, '../home/.docker')
    mkdirSync(home, { recursive: true })
    const configure = (config: object) => writeFileSync(join(home, 'config.json'), JSON.stringify(config))
    const fn = containerOf('api', { build: { base: 'scratch' }, image: `${locked}/team/api` })
    const attempt = () => packIn(made, [fn], { push: true })
    expect(await mistakesOf(attempt())).toMatchObject([{ code: 'SLS4032', help: [`docker login ${locked}`] }])
    configure({ auths: { [locked]: { auth: Buffer.from('user:wrong').toString('base64') } } })
    expect(await mistakesOf(attempt())).toMatchObject([{ code: 'SLS4032' }])
    configure({ credHelpers: { [locked]: 'absent-one' } })
    expect(await mistakesOf(attempt())).toMatchObject([
      { code: 'SLS4032', message: expect.stringContaining('docker-credential-absent-one') },
    ])
    configure({ auths: { [locked]: { auth: Buffer.from('user:secret').toString('base64') } } })
    const { artifacts } = await attempt()
    expect(artifacts[0]?.image?.name).toMatch(`${locked}/team/api:dev@sha256:`)
    const creds = await yard.skopeo(
      'inspect',
      '--tls-verify=false',
      '--creds=user:secret',
      `docker://${locked}/team/api:dev`,
    )
    expect(JSON.parse(creds).Digest).toBe(artifacts[0]?.digest)
  })
})

describe('an image to push', () => {
  it('needs a name', async () => {
    const fn = containerOf('api', { build: { base: 'scratch' } })
    expect(await mistakesOf(packIn(project(FILES), [fn], { push: true }))).toMatchObject([
      { code: 'SLS4030', pointer: '/functions/api/container/build' },
    ])
  })
})
