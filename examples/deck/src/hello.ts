import type { HttpContext } from '@anyfaas/runtime'

export const handler = async (ctx: HttpContext) => ({ hello: ctx.query['name'] ?? 'world', function: ctx.function })
