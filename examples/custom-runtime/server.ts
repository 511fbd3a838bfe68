import { serve } from '@anyfaas/runtime/server'

let started = ''

await serve({
  initialize: () => {
    started = new Date().toISOString()
  },
  request(req, res, call) {
    const url = new URL(req.url ?? '/', 'http://localhost')
    if (url.pathname === '/health') return res.end('ok')
    res.setHeader('content-type', 'application/json')
    const hello = url.searchParams.get('name') ?? 'world'
    res.end(JSON.stringify({ hello, from: 'TypeScript', path: url.pathname, requestId: call.requestId }))
  },
  // What timers and other triggers send.
  event(event, call) {
    console.log('event', JSON.stringify(event), call.requestId, 'since', started)
    return {}
  },
})
