import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { secretEnvOf } from '../../src/actions/connection.ts'
import type { ActionIo } from '../../src/actions/io.ts'
import { openProject } from '../../src/actions/project.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'

const dir = mkdtempSync(join(tmpdir(), 'anyfaas-secret-env-'))
afterAll(() => removeFolder(dir))

const io: ActionIo = { cwd: dir, env: { TOKEN: 'shell' }, signal: new AbortController().signal, tell: () => {} }

test('every secret that the file names is found where variables are, wherever it stands', async () => {
  writeFileSync(join(dir, '.env'), 'TOKEN=file\nCERT=pem\nKEY=key\nHOOK=hook\nOTHER=not named\n')
  writeFileSync(
    join(dir, 'serverless.yml'),
    `service: app
provider: {name: aliyun, runtime: nodejs20}
domain:
  name: api.example.com
  protocol: HTTPS
  certificate: {name: own, certificate: "\${secret:CERT}", privateKey: "\${secret:KEY}"}
functions:
  hello: {handler: index.hello, environment: {A: "\${secret:TOKEN}", B: "x\${secret:HOOK}"}}
`,
  )
  const project = await openProject({ dir }, io)
  expect(secretEnvOf(project, io)).toEqual({ TOKEN: 'shell', CERT: 'pem', KEY: 'key', HOOK: 'hook' })
})
