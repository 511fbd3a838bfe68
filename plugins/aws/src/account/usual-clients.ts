import * as apigateway from './clients/apigateway.ts'
import * as iam from './clients/iam.ts'
import * as lambda from './clients/lambda.ts'
import * as logs from './clients/logs.ts'
import * as scheduler from './clients/scheduler.ts'
import * as sts from './clients/sts.ts'
import * as tagging from './clients/tagging.ts'

/** What every deploy asks. Of the vendor's library the bundle has just what the files of `clients` name. */
export const clients = { apigateway, iam, lambda, logs, scheduler, sts, tagging }
