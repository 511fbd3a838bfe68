import { readFile } from 'node:fs/promises'

const SCHEMA = new URL('../../schemas/serverless.schema.json', import.meta.url)

/** The JSON Schema of service files, as editors take it. */
export async function schema(): Promise<{ readonly text: string }> {
  return { text: await readFile(SCHEMA, 'utf8') }
}
