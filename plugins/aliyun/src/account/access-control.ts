import type { Call, Tree } from '@anyfaas/kit'
import { type Reach, Rpc, type RpcRequest } from './rpc.ts'

/** Roles and their policies. One address serves all regions. https://www.alibabacloud.com/help/en/ram/developer-reference/api-ram-2015-05-01-overview */
export class AccessControl {
  readonly #rpc: Rpc

  constructor(reach: Reach) {
    this.#rpc = new Rpc('2015-05-01', 'https://ram.aliyuncs.com', reach)
  }

  /** The answer's body. */
  async call(request: RpcRequest, call: Pick<Call, 'signal'>): Promise<Tree> {
    const { body } = await this.#rpc.call(request, call)
    return (body ?? {}) as Tree
  }

  /** Every role of the account. */
  async roles(call: Pick<Call, 'signal'>): Promise<readonly Tree[]> {
    const found: Tree[] = []
    let marker = ''
    do {
      const query = { MaxItems: '1000', ...(marker !== '' && { Marker: marker }) }
      const page = await this.call({ action: 'ListRoles', query, about: 'roles' }, call)
      found.push(...(((page['Roles'] as Tree | undefined)?.['Role'] ?? []) as Tree[]))
      marker = page['IsTruncated'] === true ? String(page['Marker']) : ''
    } while (marker !== '')
    return found
  }
}
