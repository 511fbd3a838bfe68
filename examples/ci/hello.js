exports.handler = async (ctx) => ({ hello: ctx.query.name ?? 'world', stage: ctx.stage })
