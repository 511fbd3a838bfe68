import type { Alias, Call } from '@anyfaas/kit'
import { unlessMissing } from '../account/failures.ts'
import { aliasBody } from './answers.ts'
import type { Api } from './api.ts'

/** Leads an alias where it shall lead, and makes it where it is missing. `path` is that of the list. */
export async function putAlias(
  alias: Alias,
  { client, path, about }: { readonly client: Api; readonly path: string; readonly about: string },
  call: Call,
): Promise<void> {
  const body = aliasBody(alias)
  const update = { action: 'UpdateAlias', method: 'PUT', path: `${path}/${alias.name}`, body, about } as const
  if (await unlessMissing(client.call(update, call))) return
  const created = { aliasName: alias.name, ...body }
  await client.call({ action: 'CreateAlias', method: 'POST', path, body: created, about }, call)
}
