/** The decorators that this room reads. The oldest ones began with a small letter. */
export const DECORATORS = {
  provide: ['Provide', 'provide'],
  func: ['Func', 'func', 'Handler'],
  controller: ['Controller', 'controller'],
  trigger: ['ServerlessTrigger'],
  settings: ['ServerlessFunction'],
} as const

/** Decorators of a method that make it a route, and the method that they mean. */
export const ROUTES: ReadonlyMap<string, string> = new Map(
  ['Get', 'Post', 'Put', 'Patch', 'Head', 'Options']
    .map((name): [string, string] => [name, name.toLowerCase()])
    .concat([
      ['Del', 'delete'],
      ['All', 'any'],
    ]),
)

/** The frameworks' enums of triggers: a member means the word in small letters unless it stands in `TRIGGER_WORDS`. */
export const TRIGGER_ENUMS: ReadonlySet<string> = new Set(['ServerlessTriggerType', 'FaaSTrigger'])

/** Members of the enums whose values are other words. */
export const TRIGGER_WORDS: ReadonlyMap<string, string> = new Map([['API_GATEWAY', 'apigw']])

/** Triggers of one company's own platform, which no file can say. */
export const PRIVATE_TRIGGERS: ReadonlySet<string> = new Set(['hsf', 'mtop', 'ssr'])

/** Options of a trigger or a function that are for the framework itself. */
export const FRAMEWORK_OPTIONS: ReadonlySet<string> = new Set(['middleware', 'functionName', 'handlerName'])

/** Options whose names differ from the file's: trigger kind, or `any`, -> the frameworks' word -> ours. */
export const OPTION_WORDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  any: { enable: 'enabled' },
  log: { retryTime: 'retry' },
  mq: { strategy: 'retry' },
}
