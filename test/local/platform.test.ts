import { afterEach, describe, expect, test } from 'vitest'
import { LocalFixture, reply } from './fixture.ts'

const open: LocalFixture[] = []

function fixture(): LocalFixture {
  const local = new LocalFixture()
  open.push(local)
  return local
}

afterEach(async () => {
  for (const local of open.splice(0)) await local.close()
})

describe('a deployed function', () => {
  test('answers on its route', async () => {
    const local = fixture()
    const url = await local.deploy('hello', { body: reply('event.method + event.url') })
    const response = await fetch(`${url}/hello?x=1`)
    expect([response.status, await response.text()]).toEqual([200, 'GET/hello?x=1'])
  })
})
