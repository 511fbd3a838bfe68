import type { Call, Tree } from '@anyfaas/kit'
import type { Fc3Client } from './client.ts'
import { tagMap } from './expand.ts'

/** Gives a function the tags that it shall have, and takes away the others. */
export async function retag(live: Tree, tags: Tree, client: Fc3Client, call: Call): Promise<void> {
  const about = String(live['functionName'])
  const target = { ResourceType: 'function', ResourceId: [String(live['functionArn'])] }
  const gone = Object.keys(tagMap(live['tags'])).filter((key) => !(key in tags))
  if (gone.length > 0) {
    const query = {
      ResourceType: target.ResourceType,
      ResourceId: JSON.stringify(target.ResourceId),
      TagKey: JSON.stringify(gone),
    }
    await client.call({ action: 'UntagResources', method: 'DELETE', path: '/tags-v2', query, about }, call)
  }
  const body = { ...target, Tag: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }
  await client.call({ action: 'TagResources', method: 'POST', path: '/tags-v2', body, about }, call)
}
