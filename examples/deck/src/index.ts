import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { HttpContext } from '@anyfaas/runtime'

// Files that `package.include` adds stand at the root of the artifact, which is the working directory.
const page = join(process.cwd(), 'public/index.html')

export const handler = async (ctx: HttpContext) => {
  ctx.type = 'text/html'
  return await readFile(page, 'utf8')
}
