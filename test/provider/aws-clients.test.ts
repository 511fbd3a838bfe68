import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { clients as others } from '../../plugins/aws/src/account/other-clients.ts'
import { clients as usual } from '../../plugins/aws/src/account/usual-clients.ts'

const sources = resolve(import.meta.dirname, '../../plugins/aws/src')

// The compiler holds that what we call is bundled.
it('the bundles of the vendor library have no call that nobody names', () => {
  const files = ['account', 'lambda/deploy'].flatMap((folder) =>
    readdirSync(join(sources, folder), { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => readFileSync(join(sources, folder, name), 'utf8')),
  )
  const named = new Set(files.flatMap((text) => [...text.matchAll(/'([A-Z][A-Za-z]+)'/g)].map(([, name]) => name)))
  const bundled = [usual, others].flatMap((clients) =>
    Object.values(clients).flatMap((client) => Object.keys(client).filter((name) => name !== 'Client')),
  )
  expect(bundled.length).toBeGreaterThan(100)
  expect(bundled.filter((name) => !named.has(name.replace(/Command$/, '')))).toEqual([])
})
