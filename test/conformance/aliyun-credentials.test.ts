import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { isSlsError } from '@anyfaas/kit'
import { afterAll, expect, it } from 'vitest'
import { findCredentials } from '../../plugins/aliyun/src/account/credentials.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'

// The vendor's library quotes what it read or was answered in its errors. Each of its phrasings, as of @alicloud/credentials 2.4.

const home = mkdtempSync(join(os.tmpdir(), 'sls-credentials-'))
afterAll(() => removeFolder(home))

const BODY = '{"AccessKeyId":"planted-5ecret-value","Code":"NoPermission"}'
const CHAIN =
  'unable to get credentials from any of the providers in the chain: unable to get credentials, no variables, '

it.each([
  [`parse aliyun cli config from '~/.aliyun/config.json' failed: ${BODY}`, 'parse aliyun cli config from'],
  [`get session token from CloudSSO failed, unmarshal fail: ${BODY}`, 'CloudSSO failed, unmarshal fail: NoPermission'],
  [`failed to refresh OAuth token: ${BODY}`, 'failed to refresh OAuth token: NoPermission'],
  [
    `failed to refresh OAuth token, unmarshal fail: planted-5ecret-value`,
    'failed to refresh OAuth token, unmarshal fail',
  ],
  ['failed to refresh OAuth token, status code: 400', 'status code: 400'],
  [`get sts token failed, httpStatus: 403, message = ${BODY}`, 'httpStatus: 403, message: NoPermission'],
  [`get sts token failed, json parse failed: "planted-5ecret-value" is not JSON, result: x`, 'json parse failed'],
  [`get sts token failed with OIDC: ${BODY}`, 'failed with OIDC: NoPermission'],
  [`refresh RoleArn sts token err, unmarshal fail: ${BODY}`, 'unmarshal fail: NoPermission'],
  ['failed to execute external command: Command failed\nplanted-5ecret-value', 'failed to execute external command'],
  [`Unexpected token 'p', "planted-5ecret-value" is not valid JSON`, "Unexpected token 'p'"],
  ['connect ECONNREFUSED 127.0.0.1:80', 'connect ECONNREFUSED 127.0.0.1:80'],
])('%s', async (told, said) => {
  mkdirSync(join(home, '.aliyun'), { recursive: true })
  writeFileSync(join(home, '.aliyun/config.json'), '{}')
  for (const message of [told, `${CHAIN}${told}`]) {
    const cause = Object.assign(new Error(message), { data: BODY })
    const failure = await findCredentials({ HOME: home }, undefined, () => Promise.reject(cause)).catch(
      (error: unknown) => error,
    )
    if (!isSlsError(failure)) throw failure
    expect(failure.diagnostics[0]?.notes?.at(-1)?.message).toContain(said)
    expect(inspect(failure, { depth: 9 })).not.toContain('planted-5ecret-value')
  }
})
