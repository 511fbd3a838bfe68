import { CloudEvent as Judge } from 'cloudevents'
import { describe, expect, test } from 'vitest'
import type { EventCall } from '../../src/kit/src/index.ts'
import type { CloudEvent, Context } from '../../src/runtime/src/index.ts'
import { recordLog } from './log.ts'
import { entryOf, fire, member, type Platform, senders } from './platforms.ts'

recordLog()

const platforms = senders.filter(({ emulator }) => emulator.samples !== undefined)

test('every platform has some', () => expect(platforms.length).toBe(senders.length))

// What has no shape of its own is read by what the function declares.
const DECLARED: Readonly<Record<string, string>> = { mqtt: 'sensors' }

describe.each(platforms.map((platform) => [platform.name, platform] as const))('%s', (_, platform) => {
  test.each(Object.keys(platform.emulator.samples ?? {}))('a sample of %s arrives as such an event', async (kind) => {
    const seen = await receive(platform, kind as EventCall['kind'])
    expect(seen).toHaveLength(1)
    const [{ type, data, ...attributes } = {} as CloudEvent] = seen
    expect(new Judge({ ...attributes, type, data }, false).validate()).toBe(true)
    // The bus passes its senders' own types on.
    if (kind !== 'eventbus') expect(type).toBe(`anyfaas.${kind}`)
    expect(JSON.stringify(data)?.length).toBeGreaterThan(2)
  })
})

async function receive(platform: Platform, kind: EventCall['kind']): Promise<CloudEvent[]> {
  const seen: CloudEvent[] = []
  const handler = (__: Context, event: CloudEvent) => void seen.push(event)
  const triggers = DECLARED[kind] ? [{ kind, name: 't', source: DECLARED[kind] }] : []
  const entry = entryOf(platform.start, [member('f', { triggers })], { f: { handler } })
  await fire(platform, entry, { kind, data: platform.emulator.samples?.[kind] })
  return seen
}
