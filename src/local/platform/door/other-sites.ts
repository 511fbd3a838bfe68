import type { IncomingHttpHeaders } from 'node:http'
import { HttpError } from '@anyfaas/runtime'

/**
 * Throws 403 for what a page of another site makes a browser send: it could have everything done that needs no answer. Routes are
 * open to whom their function's CORS lets in. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
 */
export function refuseOtherSites(headers: IncomingHttpHeaders): void {
  if (headers['sec-fetch-site'] === 'cross-site')
    throw new HttpError(403, 'a page of another site may not ask for this')
}
