import { request as overHttp } from 'node:http'
import { request as overHttps } from 'node:https'

/** How far this machine's clock is ahead of that of an address, in milliseconds; undefined when that tells no time. */
export async function askAhead(address: string, signal: AbortSignal): Promise<number | undefined> {
  const ask = address.startsWith('http:') ? overHttp : overHttps
  const date = await new Promise<string | undefined>((resolve, reject) => {
    const sent = ask(address, { method: 'HEAD', signal }, (answer) => {
      answer.resume()
      resolve(answer.headers.date)
    })
    sent.once('error', reject)
    sent.end()
  })
  const told = Date.parse(date ?? '')
  return Number.isFinite(told) ? Date.now() - told : undefined
}
