import type { Call, Tree } from '@anyfaas/kit'
import { isMissing, readFailure } from '../../account/failures.ts'
import type { Site } from './site.ts'

/** Tells the platform to take a function away, with the aliases for which it would refuse to. Already gone is success. */
export async function removeFunction({ client }: Site, name: Tree, about: string, call: Call): Promise<void> {
  const remove = { action: 'DeleteFunction', params: name, about }
  try {
    await client.call(remove, call)
  } catch (failure) {
    if (isMissing(failure)) return
    if (readFailure(failure).code !== 'UnsupportedOperation.AliasBind') throw failure
    const aliases = { action: 'ListAliases', params: name, field: 'Aliases', isText: true, about }
    // Every function has the alias $DEFAULT, which is the platform's own.
    for (const { Name } of await client.list(aliases, call))
      if (!String(Name).startsWith('$'))
        await client.call({ action: 'DeleteAlias', params: { ...name, Name }, about }, call)
    await client.call(remove, call)
  }
}
