import { describe, expect, test } from 'vitest'
import { Connections } from '../../src/local/outputs/connections.ts'

interface Made {
  readonly connections: Connections<string>
  readonly closed: string[]
  readonly opened: string[]
  readonly open: (name: string) => () => Promise<string>
}

function make(): Made {
  const closed: string[] = []
  const opened: string[] = []
  const connections = new Connections<string>(async (name) => void closed.push(name))
  const open = (name: string) => async (): Promise<string> => {
    opened.push(name)
    return name
  }
  return { connections, closed, opened, open }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('connections to brokers', () => {
  test('are opened once, and closed when nobody wants them', async () => {
    const { connections, closed, opened, open } = make()
    for (const name of ['a', 'a', 'b']) expect(await connections.use(name, open(name), async (one) => one)).toBe(name)
    connections.keep(new Set(['b', 'c']))
    await settled()
    expect([opened, closed]).toEqual([['a', 'b'], ['a']])
    await connections.use('a', open('a'), async () => undefined)
    expect(opened).toEqual(['a', 'b', 'a'])
    await connections.close()
    expect(closed.sort()).toEqual(['a', 'a', 'b'])
  })

  test('are closed after what is on its way', async () => {
    const { connections, closed, open } = make()
    let arrive: (() => void) | undefined
    const sending = connections.use(
      'a',
      open('a'),
      () =>
        new Promise<void>((resolve) => {
          arrive = resolve
        }),
    )
    await settled()
    connections.keep(new Set())
    await settled()
    expect(closed).toEqual([])
    arrive?.()
    await sending
    await settled()
    expect(closed).toEqual(['a'])
  })

  test('are tried again when they could not be opened', async () => {
    const { connections, closed, open } = make()
    const refused = async (): Promise<string> => {
      throw new Error('not today')
    }
    await expect(connections.use('a', refused, async () => undefined)).rejects.toThrow('not today')
    expect(await connections.use('a', open('a'), async (one) => one)).toBe('a')
    connections.keep(new Set())
    await settled()
    expect(closed).toEqual(['a'])
  })
})
