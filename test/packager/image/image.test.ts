import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Fn } from '../../../src/kit/src/index.ts'
import { createTrees } from '../../../src/packager/files/trees.ts'
import { openBase } from '../../../src/packager/image/base.ts'
import { BlobStore } from '../../../src/packager/image/blob-store.ts'
import { buildLayers } from '../../../src/packager/image/layered.ts'
import { has } from '../../peers.ts'
import { fnOf, mistakesOf, type Project, serviceOf, useProjects } from '../project.ts'
import { openYard, type Yard } from './containers.ts'
import { containerOf, packIn } from './images.ts'

const project = useProjects()

const FILES = {
  'server.js': 'console.log(1)',
  'bin/start': { executable: '#!/bin/sh\nexec node server.js\n' },
  'package.json': JSON.stringify({ dependencies: { a: '1' } }),
  'node_modules/a/package.json': '{}',
  'node_modules/a/index.js': `// ${'x'.repeat(600_000)}`,
  [`${'deep/'.repeat(30)}grüße.txt`]: 'hello',
  Dockerfile: 'FROM scratch\nCOPY . /app\n',
}
const SCRATCH = containerOf('api', { build: { base: 'scratch' }, command: ['./bin/start'] })

async function digestOf(made: Project, fn: Fn = SCRATCH): Promise<string | undefined> {
  return (await packIn(made, [fn])).artifacts[0]?.digest
}

function readJson(path: string) {
  return JSON.parse(readFileSync(path, 'utf8'))
}

describe('the image of a service', () => {
  it('has a layer of dependencies and one of the app, owned by root, with their folders', async () => {
    const made = project(FILES)
    const { artifacts } = await packIn(made, [SCRATCH])
    const folder = artifacts[0]?.path ?? ''
    const blob = (digest: string) => join(folder, 'blobs', digest.replace(':', '/'))
    const index = readJson(join(folder, 'index.json'))
    const manifest = readJson(blob(index.manifests[0].digest))
    expect(artifacts).toMatchObject([{ id: 'shop-api', kind: 'oci', digest: index.manifests[0].digest }])
    const lists = manifest.layers.map(({ digest }: { digest: string }) =>
      execFileSync('tar', ['--utc', '--full-time', '-tvzf', blob(digest)], {
        encoding: 'utf8',
        env: { ...process.env, LC_ALL: 'C.UTF-8' },
      }).split('\n'),
    )
    expect(lists[0]).toContainEqual(
      expect.stringMatching(
        /^-rw-r--r-- 0\/0 +600003 [12]\d{3}-\d\d-\d\d \d\d:\d\d:\d\d app\/node_modules\/a\/index.js$/,
      ),
    )
    expect(lists[0].slice(0, 2)).toEqual([
      expect.stringMatching(/^drwxr-xr-x 0\/0 +0 1970-01-01 00:00:00 app\/$/),
      expect.stringMatching(/app\/node_modules\/$/),
    ])
    expect(lists[1]).toContainEqual(expect.stringMatching(/^-rwxr-xr-x .* app\/bin\/start$/))
    expect(lists[1]).toContainEqual(expect.stringContaining(`app/${'deep/'.repeat(30)}gr`))
    expect(readJson(blob(manifest.config.digest))).toMatchObject({
      os: 'linux',
      architecture: 'amd64',
      config: { Entrypoint: ['./bin/start'], WorkingDir: '/app', Env: ['PORT=9000'], ExposedPorts: { '9000/tcp': {} } },
      history: [{ created_by: 'sls: dependencies' }, { created_by: 'sls: app' }],
    })
  })

  it('tells how much of it is written, up to the end', async () => {
    const told: number[] = []
    const large = { ...FILES, 'large.txt': 'x'.repeat(3 << 20) }
    await packIn(project(large), [SCRATCH], { onProgress: ({ done, total }) => void told.push(done, total - done) })
    expect(told[0]).toBeLessThan(4)
    expect(told.slice(-2)).toEqual([4, 0])
  })

  it('has the same bytes in another folder, with other times and narrower modes', async () => {
    const [first, second] = [project(FILES), project(FILES)]
    execFileSync('sh', [
      '-c',
      `find ${second.dir} -type f -exec touch -d 2001-01-01 {} +; chmod 600 ${second.dir}/server.js`,
    ])
    expect(await digestOf(second)).toBe(await digestOf(first))
    chmodSync(join(first.dir, 'server.js'), 0o755)
    expect(await digestOf(first)).not.toBe(await digestOf(second))
  })

  it('keeps the layer of dependencies when only the app changes, and drops what no longer belongs', async () => {
    const made = project(FILES)
    const layersOf = async () => {
      const { artifacts } = await packIn(made, [SCRATCH])
      const folder = artifacts[0]?.path ?? ''
      const { digest } = readJson(join(folder, 'index.json')).manifests[0]
      const names = execFileSync('ls', [join(folder, 'blobs/sha256')], { encoding: 'utf8' })
        .trim()
        .split('\n')
      const manifest = readJson(join(folder, 'blobs', digest.replace(':', '/')))
      return { names, layers: manifest.layers.map((layer: { digest: string }) => layer.digest) }
    }
    const first = await layersOf()
    made.write({ 'server.js': 'console.log(2)' })
    const second = await layersOf()
    expect(second.layers[0]).toBe(first.layers[0])
    expect(second.layers[1]).not.toBe(first.layers[1])
    expect([first.names.length, second.names.length]).toEqual([4, 4])
  })

  it('of a function that a platform calls has the runtime in a layer of its own', async () => {
    const made = project({ ...FILES, 'login.js': 'exports.handler = () => 1' })
    const store = new BlobStore(join(made.outDir, 'login.oci'))
    const { dir: serviceDir, runtimeEntry } = made
    const fn = fnOf('login')
    const { image } = await buildLayers({
      fn,
      start: { command: ['node', 'sls_login.js'], port: 8080 },
      platforms: [{ os: 'linux', architecture: 'amd64' }],
      base: await openBase({ name: 'scratch', serviceDir, store, env: {}, pointer: '' }),
      store,
      query: {
        ...{ service: serviceOf([fn]), serviceDir, runtimeEntry, outputs: [], trees: createTrees() },
        providerName: 'test',
        nodeTarget: 'node20',
      },
    })
    const config = readJson(store.pathOf(image.manifests[0]?.manifest.config.digest ?? 'sha256:'))
    expect(config.history).toMatchObject(
      ['runtime', 'dependencies', 'app'].map((name) => ({ created_by: `sls: ${name}` })),
    )
  })

  it('is one for each platform, with an index, and layers that are shared', async () => {
    const build = { base: 'scratch', platforms: ['linux/amd64', 'linux/arm64/v8'] }
    const { artifacts } = await packIn(project(FILES), [containerOf('api', { build })])
    const folder = artifacts[0]?.path ?? ''
    const [{ digest, mediaType }] = readJson(join(folder, 'index.json')).manifests
    expect(mediaType).toBe('application/vnd.oci.image.index.v1+json')
    const { manifests } = readJson(join(folder, 'blobs', digest.replace(':', '/')))
    expect(manifests.map(({ platform }: { platform: object }) => platform)).toEqual([
      { os: 'linux', architecture: 'amd64' },
      { os: 'linux', architecture: 'arm64', variant: 'v8' },
    ])
    // Two layers, two configurations, two manifests, one index.
    expect(
      execFileSync('ls', [join(folder, 'blobs/sha256')], { encoding: 'utf8' })
        .trim()
        .split('\n'),
    ).toHaveLength(7)
  })

  it('is not made of files that are wrong, and says so at the place of the container', async () => {
    const missing = containerOf('api', { build: { base: 'scratch' }, command: ['./nothing'] })
    expect(await mistakesOf(packIn(project(FILES), [missing]))).toMatchObject([
      { code: 'SLS4006', pointer: '/functions/api/container/command' },
    ])
    for (const [build, pointer] of [
      [{ base: 'UPPER case' }, '/functions/api/container/build/base'],
      [{ base: './nowhere' }, '/functions/api/container/build/base'],
      [{ base: 'scratch', platforms: ['amd64'] }, '/functions/api/container/build'],
    ] as const) {
      const wrong = containerOf('api', { build })
      expect(await mistakesOf(packIn(project(FILES), [wrong]))).toMatchObject([{ code: 'SLS4030', pointer }])
    }
    const named = containerOf('api', { build: { base: 'scratch' }, image: `a.example/b@sha256:${'0'.repeat(64)}` })
    expect(await mistakesOf(packIn(project(FILES), [named]))).toMatchObject([{ code: 'SLS4030' }])
  })
})

describe.runIf(has('containers'))('an image, read by others', { timeout: 300_000 }, () => {
  let yard: Yard
  beforeAll(() => {
    yard = openYard()
  })
  afterAll(() => yard.close())

  /** An OCI layout with a static busybox in it, made by somebody else. */
  async function makeBase(at: string): Promise<void> {
    const root = join(yard.folder, 'root')
    mkdirSync(join(root, 'bin'), { recursive: true })
    copyFileSync('/bin/busybox', join(root, 'bin/busybox'))
    writeFileSync(
      join(root, 'Containerfile'),
      'FROM scratch\nCOPY bin /bin\nENV PATH=/bin FROM_BASE=yes\nRUN ["/bin/busybox", "--install", "/bin"]\n',
    )
    await yard.buildah('bud', '-t', 'base', root)
    await yard.buildah('push', 'base', `oci:${at}:latest`)
  }

  it('is what skopeo copies, checks and unpacks, from the layout and from the archive', async () => {
    const made = project(FILES)
    const { artifacts } = await packIn(made, [SCRATCH], { tar: true })
    const tar = artifacts[0]?.path ?? ''
    expect(tar).toMatch(/shop-api\.tar$/)
    for (const source of [`oci:${join(made.outDir, 'shop-api.oci')}`, `oci-archive:${tar}`, `docker-archive:${tar}`]) {
      const out = join(yard.folder, `copy-${source.split(':')[0]}`)
      await yard.skopeo('copy', source, `dir:${out}`)
      expect(JSON.parse(await yard.skopeo('inspect', '--config', `dir:${out}`))).toMatchObject({
        architecture: 'amd64',
      })
    }
    expect(execFileSync('sha256sum', [tar], { encoding: 'utf8' }).slice(0, 64)).toBe(
      execFileSync('sha256sum', [(await packIn(made, [SCRATCH], { tar: true })).artifacts[0]?.path ?? ''], {
        encoding: 'utf8',
      }).slice(0, 64),
    )
  })

  it('runs: a base of busybox, the app over it', async () => {
    const made = project({
      'run.sh': { executable: '#!/bin/sh\necho "$FROM_BASE $PORT $(pwd) $(cat data.txt)"\n' },
      'data.txt': 'data',
    })
    await makeBase(join(made.dir, 'base'))
    made.write({ 'serverless.yml': '' })
    const fn = {
      ...containerOf('api', { build: { base: './base' }, command: ['./run.sh'] }),
      package: { patterns: ['!base/**'] },
    }
    const registry = await yard.registry()
    await packIn(made, [fn], { push: `${registry}/shop` })
    const container = (await yard.buildah('from', '--tls-verify=false', `${registry}/shop/shop-api:dev`)).trim()
    expect(await yard.buildah('run', '--isolation', 'chroot', container, '--', './run.sh')).toBe('yes 9000 /app data\n')
  })

  it('is built from a Dockerfile by what is there', async () => {
    const made = project({
      'app/Dockerfile': 'FROM scratch\nARG NAME\nCOPY data.txt /\nENV NAME=$NAME\nCMD ["/x"]\n',
      'app/data.txt': 'x',
    })
    const settings = {
      STORAGE_DRIVER: 'vfs',
      BUILDAH_ISOLATION: 'chroot',
      TMPDIR: yard.folder,
      HOME: yard.folder,
    }
    for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value)
    writeFileSync(
      join(yard.folder, 'storage.conf'),
      `[storage]\ndriver = "vfs"\ngraphroot = "${yard.folder}/storage"\nrunroot = "${yard.folder}/run"\n`,
    )
    vi.stubEnv('CONTAINERS_STORAGE_CONF', join(yard.folder, 'storage.conf'))
    try {
      const fn = containerOf('api', { build: { context: 'app', args: { NAME: 'shop' } } })
      const first = await packIn(made, [fn])
      const config = JSON.parse(await yard.skopeo('inspect', '--config', `oci:${first.artifacts[0]?.path}`))
      expect(config.config.Env).toContain('NAME=shop')
      const again = await packIn(made, [fn])
      expect(again.artifacts[0]?.digest).toBe(first.artifacts[0]?.digest)
      made.write({ 'app/Dockerfile': 'FROM scratch\nCOPY nothing /\n' })
      expect(await mistakesOf(packIn(made, [fn]))).toMatchObject([
        { code: 'SLS4033', pointer: '/functions/api/container/build' },
      ])
    } finally {
      vi.unstubAllEnvs()
    }
  })
})

describe('a Dockerfile', () => {
  it('that is not there, or that nobody builds, is an error with a way out', async () => {
    const missing = containerOf('api', { build: './app' })
    expect(await mistakesOf(packIn(project({}), [missing]))).toMatchObject([
      { code: 'SLS4033', message: 'no "Dockerfile" in "./app"' },
    ])
    vi.stubEnv('PATH', '/nowhere')
    try {
      const fn = containerOf('api', { build: '.' })
      expect(await mistakesOf(packIn(project(FILES), [fn]))).toMatchObject([
        { code: 'SLS4033', message: 'no program on this machine builds a Dockerfile' },
      ])
    } finally {
      vi.unstubAllEnvs()
    }
  })

  it('built by Docker is taken from what it saves', async () => {
    const made = project({ ...FILES, Dockerfile: 'FROM scratch\n' })
    const saved = join(made.outDir, '..', 'saved.tar')
    const { artifacts } = await packIn(made, [SCRATCH], { tar: true })
    copyFileSync(artifacts[0]?.path ?? '', saved)
    const bin = join(made.outDir, '..', 'bin')
    mkdirSync(bin)
    writeFileSync(join(bin, 'docker'), `#!/bin/sh\n[ "$1" = save ] && cp ${saved} "$3"\nexit 0\n`)
    chmodSync(join(bin, 'docker'), 0o755)
    vi.stubEnv('PATH', `${bin}:${process.env['PATH']}`)
    try {
      const built = await packIn(made, [containerOf('other', { build: '.' })])
      expect(built.artifacts[0]?.digest).toBe(artifacts[0]?.digest)
    } finally {
      vi.unstubAllEnvs()
    }
  })
})
