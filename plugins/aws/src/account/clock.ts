import type { Call } from '@anyfaas/kit'
import type { Api } from './api.ts'

/** How many milliseconds this machine's clock is ahead of AWS's, by the date of an answer; undefined where it bears none. */
export async function askAhead(api: Api, call: Pick<Call, 'signal'>): Promise<number | undefined> {
  let date: string | undefined
  const { middlewareStack } = api.client('sts')
  middlewareStack.add(
    (next) => async (given) => {
      const answered = await next(given)
      date = answered.response.headers?.['date']
      return answered
    },
    { step: 'deserialize', name: READ_DATE },
  )
  try {
    await api.call({ service: 'sts', action: 'GetCallerIdentity', input: {}, about: 'the clock' }, call)
  } finally {
    middlewareStack.remove(READ_DATE)
  }
  const told = Date.parse(date ?? '')
  return Number.isFinite(told) ? Date.now() - told : undefined
}

const READ_DATE = 'readDate'
