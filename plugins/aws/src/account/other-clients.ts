import * as cloudwatch from './clients/cloudwatch.ts'
import * as events from './clients/events.ts'
import * as iot from './clients/iot.ts'
import * as s3 from './clients/s3.ts'
import * as sns from './clients/sns.ts'

/** What only some events, code that no request takes and the metrics ask. */
export const clients = { cloudwatch, events, iot, s3, sns }
