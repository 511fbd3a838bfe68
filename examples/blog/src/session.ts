import { createHmac, randomBytes, scryptSync, timingSafeEqual } from 'node:crypto'

const HOUR_MS = 3_600_000

/** A token that says who logged in, good for an hour. */
export function issueToken(name: string, now = Date.now()): string {
  const claim = Buffer.from(JSON.stringify({ name, until: now + HOUR_MS })).toString('base64url')
  return `${claim}.${sign(claim)}`
}

/** Who sent the request, by its `Authorization: Bearer` header; undefined when the token is none of ours or too old. */
export function readToken(header: string | undefined, now = Date.now()): string | undefined {
  const [claim = '', signature = ''] = (header ?? '').replace(/^Bearer /i, '').split('.')
  if (!isEqual(signature, sign(claim))) return undefined
  const { name, until } = JSON.parse(Buffer.from(claim, 'base64url').toString()) as { name: string; until: number }
  return until > now ? name : undefined
}

export function hashPassword(password: string, salt = randomBytes(16).toString('hex')): { salt: string; hash: string } {
  return { salt, hash: scryptSync(password, salt, 32).toString('hex') }
}

export function isEqual(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

function sign(claim: string): string {
  return createHmac('sha256', process.env['SESSION_KEY'] ?? '')
    .update(claim)
    .digest('base64url')
}
