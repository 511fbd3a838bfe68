import { aliyun3 } from './aliyun-3.ts'
import { conformance } from './suite.ts'

conformance(aliyun3)
