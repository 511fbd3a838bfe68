import { join, parse } from 'node:path'
import { nodeFileTrace } from '@vercel/nft'

/** Real paths of all files that modules load: what they require and import, and files that their packages open by path. */
export async function traceFiles(modules: readonly string[], serviceDir: string): Promise<string[]> {
  // From the root, because packages may lie in folders above the service and in stores.
  const base = parse(serviceDir).root
  const { fileList } = await nodeFileTrace([...modules], { base, processCwd: serviceDir })
  return [...fileList].map((name) => join(base, name)).sort()
}
