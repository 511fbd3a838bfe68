import { aliyun2 } from './aliyun-2.ts'
import { conformance } from './suite.ts'

conformance(aliyun2)
