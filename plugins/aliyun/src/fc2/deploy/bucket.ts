import type { Service } from '@anyfaas/kit'
import { wordsOf } from '../../words.ts'

/** The deployer's own bucket for a function's code, where the raw settings name one: `CodeUri: oss://my-bucket`. */
export function bucketIn({ functions }: Pick<Service, 'functions'>, name: string): string | undefined {
  const fn = functions.find((one) => one.name === name)
  const uri = wordsOf(fn?.overrides['aliyun'], '2.0')['CodeUri']
  return typeof uri === 'string' ? /^oss:\/\/([^/]+)/.exec(uri)?.[1] : undefined
}
