import { describe, expect, test } from 'vitest'
import type { DaprSourceSpec } from '../../src/local/spec.ts'
import { reply, until, useLocal } from './fixture.ts'
import { FakeSidecar } from './sidecar.ts'

const local = useLocal()

function trigger(name: string, component: string, topic?: string): DaprSourceSpec {
  return { name, type: 'dapr', enabled: true, component, ...(topic !== undefined && { topic }) }
}

describe('under a sidecar of Dapr', () => {
  test('functions get messages and bindings, unwrapped, and say what becomes of them', async () => {
    const platform = local()
    await platform.deploy('orders', {
      routes: [],
      sources: [trigger('bus', 'pubsub', 'orders')],
      body: `console.log(JSON.stringify(event));
        if (event.data.fail) throw new Error('not now');
        return { kind: 'value', value: event.data.answer && { status: event.data.answer } }`,
    })
    const url = await platform.deploy('mail', {
      sources: [trigger('in', 'mailbox')],
      body: `if (event.kind === 'http') { ${reply(`'route ' + event.url`)} }
        if (event.data.fail) throw new Error('no'); return { kind: 'value', value: { took: event.data } }`,
    })
    const sidecar = new FakeSidecar(url)
    await sidecar.start(['mailbox', 'other'])
    expect(sidecar.subscriptions).toEqual([{ pubsubname: 'pubsub', topic: 'orders', route: '/dapr/events/orders/bus' }])
    expect(sidecar.bindings).toEqual(['mailbox'])
    expect(await sidecar.publish('pubsub', 'orders', { n: 1 })).toBe('success')
    const [line] = await until(async () => {
      const out = (await platform.logs()).filter(({ stream }) => stream === 'out')
      return out.length > 0 && out
    }, 'the event')
    expect(JSON.parse(line?.text ?? '')).toMatchObject({ kind: 'dapr', trigger: 'bus', id: 'orders-1', data: { n: 1 } })
    expect(await sidecar.publish('pubsub', 'orders', { answer: 'DROP' })).toBe('drop')
    expect(await sidecar.publish('pubsub', 'orders', { answer: 'RETRY' })).toBe('retry')
    expect(await sidecar.publish('pubsub', 'orders', { fail: true })).toBe('retry')
    expect(await sidecar.publish('pubsub', 'orders', {}, 'nonsense')).toBe('drop')
    // A failure before does not stick to the calls after it.
    expect(await sidecar.publish('pubsub', 'orders', { n: 2 })).toBe('success')
    expect(await sidecar.fire('mailbox', { n: 3 })).toEqual([200, '{"took":{"n":3}}'])
    expect((await sidecar.fire('mailbox', { fail: true }))[0]).toBe(500)
    expect(await (await fetch(`${url}/mail`)).text()).toBe('route /mail')
  })

  test('a page of another site calls the routes beside them, and fires none of them', async () => {
    const platform = local()
    const url = await platform.deploy('f', {
      routes: [{ path: '/*', methods: [] }],
      sources: [trigger('bus', 'pubsub', 'orders'), trigger('in', 'mailbox')],
      body: `if (event.kind === 'http') { ${reply(`'route ' + event.url`)} }; return { kind: 'value', value: 'fired' }`,
    })
    const other = { 'sec-fetch-site': 'cross-site', origin: 'https://other.example' }
    const post = async (path: string): Promise<[number, string]> => {
      const response = await fetch(`${url}${path}`, { method: 'POST', headers: other, body: '{}' })
      return [response.status, await response.text()]
    }
    expect(await post('/form')).toEqual([200, 'route /form'])
    for (const path of ['/dapr/events/f/bus', '/mailbox']) {
      const [status, text] = await post(path)
      expect(status).toBe(403)
      expect(text).not.toContain('fired')
    }
  })

  test('a service without such triggers answers as ever', async () => {
    const platform = local()
    const url = await platform.deploy('f', { body: reply(`'mine'`), routes: [{ path: '/*', methods: [] }] })
    expect(await (await fetch(`${url}/dapr/subscribe`)).text()).toBe('mine')
  })
})
