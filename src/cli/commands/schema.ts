import type { Command } from '../command.ts'

export const schema: Command<object, { readonly text: string }> = {
  name: 'schema',
  group: 'Write',
  summary: 'Print the JSON Schema of service files, for editors',
  options: [],
  examples: [{ says: 'a copy beside the file', command: 'sls schema > serverless.schema.json' }],
  async run() {
    const action = await import('../../actions/schema.ts')
    return action.schema()
  },
  show: ({ text }) => text,
  data: ({ text }) => JSON.parse(text) as unknown,
}
