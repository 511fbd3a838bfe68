import { createServer, type IncomingMessage } from 'node:http'

const port = Number(process.env['PORT'] ?? 9000)

const server = createServer(async (req, res) => {
  const url = new URL(req.url ?? '/', 'http://localhost')
  if (url.pathname === '/health') return res.end('ok')
  // Events of timers and other triggers are posted here.
  if (req.method === 'POST' && url.pathname === '/invoke') {
    console.log('event', await textOf(req))
    return res.end('{}')
  }
  res.setHeader('content-type', 'application/json')
  res.end(JSON.stringify({ hello: url.searchParams.get('name') ?? 'world', from: 'TypeScript', path: url.pathname }))
})

server.listen(port, '0.0.0.0', () => console.log(`listening on ${port}`))
process.on('SIGTERM', () => server.close(() => process.exit(0)))

async function textOf(req: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of req) text += chunk
  return text
}
