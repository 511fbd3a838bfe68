import { createHash } from 'node:crypto'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type FakeRegistry, openRegistry } from '../packager/image/fake-registry.ts'
import { aliyun3 } from './aliyun-3.ts'
import { Bench, type Tree } from './edition.ts'

// Images that are built here go to their registry as a part of what was agreed to.

let bench: Bench
let registry: FakeRegistry

beforeEach(async () => {
  registry = await openRegistry()
  bench = await new Bench(aliyun3).start()
  writeOn('scratch')
})

function writeOn(base: string): void {
  const container = { build: { base }, image: `${registry.host}/team/app`, port: 9000, command: ['./a.js'] }
  bench.write({ a: { runtime: 'container', container } as Tree })
}

afterEach(async () => {
  await bench.close()
  await registry.close()
})

it('neither a plan nor a deploy that is not agreed to pushes anything', async () => {
  const [planned] = await bench.plan()
  expect(planned).toBe('create function/a')
  const refuse = async (): Promise<void> => {
    throw new Error('no')
  }
  await expect(bench.deploy({ confirm: refuse })).rejects.toThrow('no')
  bench.emulator.plant('shop-dev-a')
  await expect(bench.deploy()).rejects.toThrow('SLS5003')
  expect(registry.seen).toEqual([])
})

it('what is pushed is there before the first step, by the digest that the plan names', async () => {
  let pushed: Buffer | undefined
  bench.emulator.options = {
    boundary: ({ action }) => {
      if (action === 'CreateFunction') pushed = registry.manifests.get('dev')
    },
  }
  await bench.deploy()
  if (!pushed) throw new Error('nothing was pushed before the function')
  const digest = createHash('sha256').update(pushed).digest('hex')
  expect(JSON.stringify(bench.emulator.state())).toContain(`${registry.host}/team/app@sha256:${digest}`)
  expect(await bench.plan()).toEqual([])
  const sent = registry.seen.length
  expect((await bench.deploy()).counts).toEqual({})
  expect(registry.seen).toHaveLength(sent)
})

it('a plan fetches no layer of a base, and names the digest that is pushed with it', async () => {
  const layer = putBase('1')
  writeOn(`${registry.host}/team/base:1`)
  const isFetched = (): boolean => registry.seen.some(({ method, path }) => method === 'GET' && path.includes(layer))
  expect(await bench.plan()).toEqual(['create function/a'])
  expect(isFetched()).toBe(false)
  await expect(bench.deploy({ confirm: () => Promise.reject(new Error('no')) })).rejects.toThrow('no')
  expect(isFetched()).toBe(false)
  await bench.deploy()
  const pushed = registry.manifests.get('dev')?.toString() ?? ''
  expect(pushed).toContain(layer)
  expect(await bench.plan()).toEqual([])
})

/** Puts an image of one layer into the registry; the layer's digest. */
function putBase(tag: string): string {
  const add = (bytes: Buffer, mediaType: string) => {
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
    registry.blobs.set(digest, bytes)
    return { mediaType, digest, size: bytes.length }
  }
  const layer = add(Buffer.from('a layer'), 'application/vnd.oci.image.layer.v1.tar')
  const rootfs = { type: 'layers', diff_ids: [layer.digest] }
  const config = Buffer.from(JSON.stringify({ os: 'linux', architecture: 'amd64', rootfs }))
  const manifest = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: add(config, 'application/vnd.oci.image.config.v1+json'),
    layers: [layer],
  }
  registry.manifests.set(tag, Buffer.from(JSON.stringify(manifest)))
  return layer.digest
}
