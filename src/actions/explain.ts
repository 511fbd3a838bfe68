import { readFileSync } from 'node:fs'
import { type Code, codes, error, SlsError } from '@anyfaas/kit'

export interface ExplainOptions {
  /** Such as `SLS1002`; without it all codes are listed. */
  readonly code?: string
}

export interface ExplainResult {
  readonly codes: readonly { readonly code: string; readonly title: string }[]
  /** The page of the code, in Markdown. */
  readonly page?: string
}

// The pages ship beside the program; the path is the same from the source and from the bundle.
const PAGES = new URL('../../docs/errors/', import.meta.url)

/** The page of an error code. Throws SLS0002 for a code that does not exist. */
export async function explain(options: ExplainOptions): Promise<ExplainResult> {
  const all = Object.entries(codes).map(([code, { title }]) => ({ code, title }))
  if (options.code === undefined) return { codes: all }
  const code = options.code.toUpperCase().replace(/^(SLS)?0*(?=\d{4}$)/, 'SLS')
  const known = all.find((one) => one.code === code)
  if (!known) {
    throw new SlsError(
      error('SLS0002', `there is no code "${options.code}"`, { help: ['sls explain lists all codes'] }),
    )
  }
  return { codes: [known], page: readFileSync(new URL(`${code as Code}.md`, PAGES), 'utf8') }
}
