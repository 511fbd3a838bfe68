import type { HttpContext } from '@anyfaas/runtime'
import { database } from './database.ts'
import { hashPassword, isEqual, issueToken } from './session.ts'

interface User {
  salt: string
  password: string
}

/** POST {name, password}: a token. The first login of a name registers it. */
export const handler = async (ctx: HttpContext) => {
  const { name, password } = (ctx.request.body ?? {}) as { name?: unknown; password?: unknown }
  if (typeof name !== 'string' || typeof password !== 'string' || !name || password.length < 8) {
    return ctx.throw(400, 'a name and a password of at least 8 characters are needed')
  }
  const db = await database()
  const [user] = await db.query<User>('select salt, password from users where name = $1', [name])
  if (!user) {
    const { salt, hash } = hashPassword(password)
    await db.query('insert into users (name, salt, password) values ($1, $2, $3)', [name, salt, hash])
  } else if (!isEqual(hashPassword(password, user.salt).hash, user.password)) {
    return ctx.throw(401, 'wrong password')
  }
  return { token: issueToken(name) }
}
