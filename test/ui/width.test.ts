import { createInterface } from 'node:readline'
import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { cellsOf, clean, cut, pad, widthOf } from '../../src/ui/width.ts'

// Node's own line editor has to know the same widths, from the tables of ICU.
function widthInNode(text: string): number {
  const lines = createInterface({
    input: new PassThrough(),
    output: Object.assign(new PassThrough(), { columns: 10_000 }),
    prompt: '',
  })
  try {
    Object.assign(lines, { line: text, cursor: text.length })
    return lines.getCursorPos().cols
  } finally {
    lines.close()
  }
}

test.each([
  'abc',
  'naïve',
  'e\u0301',
  '名前',
  'ひらがな',
  'ｱｲｳ',
  '한국어',
  '（全角）',
  'Ａ',
  '👍',
  '⌚',
  '🚀 x',
  'ко',
  'עב',
  '\u200b',
])('%j is as wide as Node.js takes it', (text) => {
  expect(widthOf(text)).toBe(widthInNode(text))
})

test('every wide letter of the basic plane is as wide as Node.js takes it', () => {
  const wrong: string[] = []
  for (let code = 0x20; code < 0xd800; code++) {
    const char = String.fromCodePoint(code)
    if (!/\p{L}|\p{N}|\p{P}/u.test(char)) continue
    if (widthOf(char) !== widthInNode(char)) wrong.push(code.toString(16))
  }
  expect(wrong).toEqual([])
})

test('joined emoji are one character of two columns', () => {
  expect(cellsOf('👩‍👩‍👧x').map((cell) => [cell.width, cell.start])).toEqual([
    [2, 0],
    [1, 8],
  ])
})

test('colours take no columns', () => {
  expect(widthOf('\u001b[31mred\u001b[39m')).toBe(3)
})

test('cut and pad count columns', () => {
  expect(cut('名前名前', 5, '…')).toBe('名前…')
  expect(cut('名前', 4, '…')).toBe('名前')
  expect(pad('名', 4)).toBe('名  ')
})

test('what steers a terminal or turns the direction of reading is taken out', () => {
  expect(clean('a\u001b[2J\u202eb\tc\nd\u0085')).toBe('a\uFFFD[2J\uFFFDb\tc\nd\uFFFD')
})
