import { type Context, defineLayer } from '@anyfaas/runtime'

/** What the layer adds to `ctx`. */
export interface Greeter {
  greet(name: string): string
}

const began = new WeakMap<Context, number>()

export default defineLayer({
  context: (ctx): Greeter => ({ greet: (name) => `Hello, ${name}, from ${ctx.function}!\n` }),
  beforeInvoke: (ctx) => void began.set(ctx, performance.now()),
  afterInvoke: (error, _result, ctx) => {
    const took = performance.now() - (began.get(ctx) ?? 0)
    ctx.logger.info(`${ctx.function} ${error === undefined ? 'answered' : 'failed'} in ${took.toFixed(1)} ms`)
  },
  beforeClose: ({ function: name }) => console.log(`${name} says good-bye`),
})
