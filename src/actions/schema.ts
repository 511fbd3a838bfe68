import { readFileSync } from 'node:fs'

const SCHEMA = new URL('../../schemas/serverless.schema.json', import.meta.url)

/** The JSON Schema of service files, as editors take it. */
export async function schema(): Promise<{ readonly text: string }> {
  return { text: readFileSync(SCHEMA, 'utf8') }
}
