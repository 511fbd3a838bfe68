import { aws } from './aws.ts'
import { conformance } from './suite.ts'

conformance(aws)
