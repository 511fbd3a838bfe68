import type { HttpContext } from '@anyfaas/runtime'
import { database } from './database.ts'

/** GET: the newest posts, without their bodies. */
export const handler = async (_ctx: HttpContext) => {
  const db = await database()
  return await db.query('select id, author, title, written from posts order by written desc, id limit 50')
}
