import type { Context } from '@anyfaas/runtime'
import type { Greeter } from '../layers/around.ts'

export const handler = async (ctx: Context & Greeter) => ctx.greet('night')
