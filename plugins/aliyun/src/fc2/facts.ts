import type { Facts } from '@anyfaas/kit'
import { facts as fc3 } from '../fc3/facts.ts'

const { 'python3.12': _, ...runtimes } = fc3.runtimes

export const facts: Facts = {
  ...fc3,
  source: [
    'https://www.alibabacloud.com/help/en/functioncompute/fc-2-0/product-overview/limits',
    'API 2021-04-06 CreateFunctionRequest; ROS transform Aliyun::Serverless-2018-04-03',
  ],
  runtimes: { ...runtimes, custom: { id: 'custom', program: 'bootstrap' } },
  functionName: {
    ...fc3.functionName,
    maxLength: 128,
    words: 'letters, digits, "_" and "-", first a letter or "_", at most 128',
  },
}
