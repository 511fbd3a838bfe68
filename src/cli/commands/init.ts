import { relative } from 'node:path'
import type { InitOptions, InitResult } from '../../actions/init.ts'
import type { Command } from '../command.ts'

type Options = InitOptions & { readonly list?: boolean }

type Result = { readonly templates: readonly string[] } | InitResult

export const init: Command<Options, Result> = {
  name: 'init',
  group: 'Write',
  summary: 'Make a new service from a template',
  arguments: [{ name: 'DIR', as: 'dir', says: 'The folder to make it in; the current one by default' }],
  options: [
    { name: 'template', value: 'NAME', says: 'The template; `hello` by default' },
    { name: 'list', says: 'List the templates and make nothing' },
  ],
  examples: [
    { says: 'a service with one function', command: 'sls init my-app' },
    { says: 'what else there is', command: 'sls init --list' },
  ],
  async run({ list, ...options }, io) {
    const action = await import('../../actions/init.ts')
    return list ? { templates: await action.listTemplates() } : await action.init(options, io)
  },
  show(result) {
    return 'templates' in result ? `${result.templates.join('\n')}\n` : `${result.dir}\n`
  },
  closing(result) {
    if ('templates' in result) return undefined
    const folder = relative('.', result.dir)
    return `${result.files.length} files from "${result.template}"; next: ${folder === '' ? '' : `cd ${folder} && `}sls deploy`
  },
}
