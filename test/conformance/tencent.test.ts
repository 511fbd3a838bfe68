import { conformance } from './suite.ts'
import { tencent } from './tencent.ts'

conformance(tencent)
