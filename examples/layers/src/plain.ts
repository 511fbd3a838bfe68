export const handler = async (ctx: object) => ('greet' in ctx ? 'with a layer\n' : 'without a layer\n')
