import type { Call, Tree } from '@anyfaas/kit'
import { isPassing, unlessMissing } from '../../account/failures.ts'
import type { Request } from './client.ts'
import type { Site } from './site.ts'

/**
 * Takes a function away; already gone is success. The platform keeps one that has aliases or versions, so these go first when it
 * refuses.
 */
export async function removeFunction({ client }: Site, name: unknown, about: string, call: Call): Promise<void> {
  const path = `/functions/${name}`
  const send = (request: Omit<Request, 'about'>): Promise<unknown> =>
    unlessMissing(client.call({ ...request, about }, call))
  const remove = { action: 'DeleteFunction', method: 'DELETE', path } as const
  try {
    await send(remove)
  } catch (cause) {
    if (isPassing(cause)) throw cause
    for (const [noun, field, key] of SHELVES)
      for (const item of await listed(field))
        await send({ action: `Delete${noun}`, method: 'DELETE', path: `${path}/${field}/${item[key]}` })
    await send(remove)
  }

  async function listed(field: string): Promise<readonly Tree[]> {
    return await client.list({ action: `List${field}`, path: `${path}/${field}`, about }, field, call)
  }
}

// An alias leads to a version, which therefore stays as long as that.
const SHELVES = [
  ['Alias', 'aliases', 'aliasName'],
  ['FunctionVersion', 'versions', 'versionId'],
] as const
