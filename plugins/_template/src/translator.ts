import type { Translator } from '@anyfaas/kit'
import { render } from './render.ts'
import { translate } from './translate.ts'

export const translator: Translator = { translate, render }
