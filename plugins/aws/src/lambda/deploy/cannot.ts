import { type Diagnostic, error } from '@anyfaas/kit'

/** What the API of the platform cannot be told by this version. */
export function cannot(what: string, at?: string): Diagnostic {
  return error('SLS2004', `${what} is not deployed to AWS Lambda by sls itself`, {
    ...(at !== undefined && { pointer: at }),
    help: ['sls package --provider aws makes a SAM template with it, for "sam deploy"'],
  })
}
