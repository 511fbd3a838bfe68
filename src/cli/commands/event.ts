import type { EventOptions, EventResult } from '../../actions/event.ts'
import type { Command } from '../command.ts'
import { readData } from '../data.ts'
import { readPath } from '../values.ts'

export const event: Command<EventOptions, EventResult> = {
  name: 'event',
  group: 'Run',
  summary: "Print a platform's own event, to call a function with",
  details:
    'Kinds are those of the service file, or the names that vendors have for them. ' +
    '`sls invoke --trigger event --data @e.json --provider NAME` calls a function with it; with the local platform, ' +
    'whose events are the data alone, `--trigger KIND`.',
  arguments: [
    { name: 'PROVIDER', as: 'provider', isRequired: true, says: 'The platform that sends it' },
    {
      name: 'KIND',
      as: 'kind',
      isRequired: true,
      says: 'The kind of trigger, such as `http`, `timer`, `queue` or `os`',
    },
  ],
  options: [
    {
      name: 'data',
      short: 'd',
      value: 'DATA',
      mayBeEmpty: true,
      says: 'The body of a request or the payload of a timer: text, `@file`, or `-`',
    },
    { name: 'method', value: 'METHOD', says: 'The method of a request' },
    { name: 'path', value: 'PATH', read: readPath, says: 'The path and query of a request' },
    { name: 'edition', value: 'NAME', says: 'The edition of the platform, such as `2.0`' },
    {
      name: 'dir',
      value: 'DIR',
      says: 'The folder in which other providers are looked for; the current one by default',
    },
  ],
  examples: [
    { says: 'a message of a queue', command: 'sls event aws queue > e.json' },
    { says: 'a call with it', command: 'sls invoke -f worker --trigger event -d @e.json --provider aws' },
    { says: 'a request', command: 'sls event aws http --method POST --path /posts -d @post.json' },
  ],
  async run({ data, ...options }, io) {
    const { makeEvent } = await import('../../actions/event.ts')
    return await makeEvent({ ...options, ...(data !== undefined && { data: await readData(data, io) }) }, io)
  },
  show: ({ event: made }) => `${JSON.stringify(made, null, 2)}\n`,
}
