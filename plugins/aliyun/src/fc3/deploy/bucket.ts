import { isMap, type Service } from '@anyfaas/kit'
import { wordsOf } from '../../words.ts'

/** The deployer's own bucket for a function's code, where the raw settings name one: `code: {ossBucketName: my-bucket}`. */
export function bucketIn({ functions }: Pick<Service, 'functions'>, name: string): string | undefined {
  const fn = functions.find((one) => one.name === name)
  const code = wordsOf(fn?.overrides['aliyun'], '3.0')['code']
  const bucket = isMap(code) ? code['ossBucketName'] : undefined
  return typeof bucket === 'string' ? bucket : undefined
}
