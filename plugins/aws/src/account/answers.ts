import { inAnotherFormat } from './failures.ts'
import type { SdkClient, ServiceName } from './sdk.ts'

/**
 * Lets no client take the page of a proxy for an answer. The vendor's library reads of XML what it looks for, and of an answer that tells
 * nothing not even that, so a page is an empty list to it, or a thing that was deleted. Calls reject with a `SyntaxError` then.
 */
export function readOnlyAnswers(client: SdkClient, service: ServiceName): void {
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const result = await next(args)
        const { response } = result
        const action = commandName.replace(/Command$/, '')
        // What a function answers is its own, and a refusal is told apart by its name.
        if (action === 'Invoke' || response.statusCode >= 300) return result
        response.body = await client.config.streamCollector(response.body)
        const start = new TextDecoder().decode(response.body.subarray(0, STARTS_BYTES))
        if (!isAnswer(service, action, start)) throw inAnotherFormat()
        return result
      },
    // The last before the network, so that all others see bytes.
    { step: 'deserialize', priority: 'low', name: 'readOnlyAnswers' },
  )
}

function isAnswer(service: ServiceName, action: string, start: string): boolean {
  const root = ROOT.exec(start)?.[1]
  if (QUERY.includes(service)) return root === `${action}Response`
  const isEmpty = start.trim() === ''
  if (service !== 's3') return isEmpty || !/^\s*</.test(start)
  return isEmpty || OF_AWS.test(root ?? '')
}

// They have the protocol that names the call in each answer: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
const QUERY: readonly ServiceName[] = ['iam', 'sns', 'sts']

// The roots of S3 are named by no rule, and who acts for it elsewhere has roots of his own; those of pages are small, or this one.
const OF_AWS = /^(?!HTML$)[A-Z]/

const ROOT = /^\uFEFF?\s*(?:<\?xml[^>]*>\s*)?<(\w+)/
const STARTS_BYTES = 1024
