import { expect, test } from 'vitest'
import { type Diagnostic, error, warning } from '../../src/kit/src/index.ts'
import { at, draw, type Screen } from './draw.ts'

const SHOP = `service: shop
provider:
  name: aliyun

functions:
  api:
    handler: api.handler
    evnts:
      - http: GET /
    timeout: 90000
  job:
    handler: job.handler
`

interface Case {
  readonly diagnostics: readonly Diagnostic[]
  readonly files: Readonly<Record<string, string>>
  readonly screen?: Screen
}

function inText(text: string, words: string, rest: Partial<Diagnostic> = {}, screen: Screen = {}): Case {
  const diagnostic = error('SLS1002', 'a message', { at: at(text, words), ...rest })
  return { diagnostics: [diagnostic], files: { 'serverless.yml': text }, screen }
}

const unknownKey = error('SLS1002', 'unknown key "evnts"', {
  at: at(SHOP, 'evnts'),
  label: 'not a key of a function',
  help: ['did you mean "events"?'],
})

const long = `key: ${'abcdefghij '.repeat(30)}`

const CASES: Readonly<Record<string, Case>> = {
  plain: { diagnostics: [unknownKey], files: { 'serverless.yml': SHOP } },
  ascii: { diagnostics: [unknownKey], files: { 'serverless.yml': SHOP }, screen: { unicode: false } },
  coloured: { diagnostics: [unknownKey], files: { 'serverless.yml': SHOP }, screen: { color: true } },
  'first-line': inText(SHOP, 'service', { label: 'here' }),
  'blank-lines-before': inText('a: 1\n\n\nb: 2\n', 'b'),
  'line-1000': inText(`${'# x\n'.repeat(999)}last: 1\n`, 'last'),
  tabs: inText('a:\n\tb:\tc\n', 'c', { label: 'behind tabs' }),
  'wide-before': inText('名前: 関数, b: x\n', 'x', { label: 'one column' }),
  'wide-inside': inText('name: 関数名前 x\n', '関数名前', { label: 'eight columns' }),
  emoji: inText('name: "👩‍👩‍👧 e\u0301 ok" # end\n', 'ok', { label: 'behind an emoji and an accent' }),
  'long-line-end': inText(`${long}HERE\n`, 'HERE', { label: 'at the end' }),
  'long-line-middle': inText(`${long}HERE ${long}\n`, 'HERE', { label: 'in the middle' }),
  'long-line-start': inText(`HERE ${long}\n`, 'HERE'),
  'long-line-wide': inText(`${'長い'.repeat(60)}HERE${'行'.repeat(60)}\n`, 'HERE'),
  'long-line-ascii': inText(`${long}HERE ${long}\n`, 'HERE', {}, { unicode: false }),
  'long-span': inText(`key: ${'x'.repeat(300)}\n`, 'x'.repeat(300), { label: 'too long' }),
  'long-label': inText(SHOP, 'aliyun', { label: 'a label that says much more than fits on what is left of the line' }),
  'several-lines': inText(SHOP, 'api:\n    handler: api.handler\n', { label: 'this function' }),
  'several-lines-ascii': inText(
    SHOP,
    'api:\n    handler: api.handler\n    evnts',
    { label: 'this function' },
    { unicode: false },
  ),
  'many-lines': inText(SHOP, SHOP.slice(SHOP.indexOf('provider'), SHOP.indexOf('  job')), { label: 'all of this' }),
  'white-space-behind': inText(SHOP, '90000\n  ', { label: 'one line' }),
  'empty-at-end': inText(SHOP, '', {
    at: { file: 'serverless.yml', start: SHOP.length, end: SHOP.length },
    label: 'something is missing',
  }),
  'line-ends': inText('a: 1\r\nb: 2\rc: x\r\n', 'x', { label: 'the third line' }),
  'control-characters': inText('a: "\u001b[31m\u202Ered" x\n', 'x', {
    message: 'bad \u001b[2J message',
    label: 'still here',
  }),
  'whole-file': inText(SHOP, '', { at: { file: 'serverless.yml', start: 0, end: 0 } }),
  'no-text': { diagnostics: [unknownKey], files: {} },
  'pointer-only': { diagnostics: [error('SLS3001', 'aws cannot do it', { pointer: '/functions/api/cpu' })], files: {} },
  'no-place': {
    diagnostics: [error('SLS0001', 'unknown command "deplyo"', { help: ['did you mean "sls deploy"?'] })],
    files: {},
  },
  'lines-in-words': inText(SHOP, 'evnts', { message: 'first\nsecond', help: ['one\ntwo'] }),
  notes: inText(SHOP, 'job', {
    label: 'again',
    notes: [{ message: 'it is here first', at: at(SHOP, 'api') }, { message: 'names are compared without their case' }],
    help: ['rename one of them', 'or remove it'],
  }),
  'file-order': {
    diagnostics: [
      error('SLS1006', 'the timeout is too long', { at: at(SHOP, '90000'), label: 'at most 86400' }),
      error('SLS0002', 'something without a place'),
      unknownKey,
      unknownKey,
      warning('SLS1030', 'an older word', { at: at('a: 1\n', 'a', { file: 'more.yml' }) }),
    ],
    files: { 'serverless.yml': SHOP, 'more.yml': 'a: 1\n' },
  },
  'equal-warnings': {
    diagnostics: [1, 2, 3, 4, 5, 6, 7].map((nth) =>
      warning('SLS1030', 'write "handler" otherwise', { at: at('h h h\nh h h\nh\n', 'h', { nth }) }),
    ),
    files: { 'serverless.yml': 'h h h\nh h h\nh\n' },
  },
  'equal-but-for-the-function': {
    diagnostics: ['a', 'b', 'c'].map((name) =>
      warning('SLS3002', `"timeout" of function "${name}" is left out`, { at: at('a b c\n', name) }),
    ),
    files: { 'serverless.yml': 'a b c\n' },
  },
  'equal-errors': {
    diagnostics: [1, 2].map((nth) => error('SLS1003', 'wrong', { at: at('h h\n', 'h', { nth }) })),
    files: { 'serverless.yml': 'h h\n' },
  },
}

test.each(Object.entries(CASES))('%s', async (name, { diagnostics, files, screen }) => {
  await expect(draw(diagnostics, files, screen)).toMatchFileSnapshot(`golden/${name}.txt`)
})

test('nothing is drawn of nothing', () => {
  expect(draw([], {})).toBe('')
})
