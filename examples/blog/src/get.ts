import type { HttpContext } from '@anyfaas/runtime'
import { database } from './database.ts'

/** GET /:id: one post. */
export const handler = async (ctx: HttpContext) => {
  const db = await database()
  const [post] = await db.query('select id, author, title, body, written from posts where id = $1', [
    ctx.params['id'] ?? '',
  ])
  return post ?? ctx.throw(404, 'no such post')
}
