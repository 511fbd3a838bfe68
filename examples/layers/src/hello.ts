import type { HttpContext } from '@anyfaas/runtime'
import type { Greeter } from '../layers/around.ts'

export const handler = async (ctx: HttpContext & Greeter) => ctx.greet(String(ctx.query['name'] ?? 'world'))
