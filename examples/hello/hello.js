exports.handler = async (ctx) => `Hello, ${ctx.query.name ?? 'world'}!\n`
