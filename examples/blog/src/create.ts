import { randomUUID } from 'node:crypto'
import type { HttpContext } from '@anyfaas/runtime'
import { database } from './database.ts'
import { readToken } from './session.ts'

/** POST {title, body} with a token: a new post. */
export const handler = async (ctx: HttpContext) => {
  const author = readToken(ctx.get('authorization'))
  if (!author) return ctx.throw(401, 'log in first')
  const { title, body } = (ctx.request.body ?? {}) as { title?: unknown; body?: unknown }
  if (typeof title !== 'string' || typeof body !== 'string' || !title)
    return ctx.throw(400, 'a title and a body are needed')
  const db = await database()
  const post = { id: randomUUID(), author, title, body, written: new Date().toISOString() }
  await db.query(
    'insert into posts (id, author, title, body, written) values ($1, $2, $3, $4, $5)',
    Object.values(post),
  )
  ctx.status = 201
  ctx.set('location', `/api/posts/${post.id}`)
  return post
}
