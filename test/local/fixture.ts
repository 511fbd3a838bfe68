import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Artifact, Call, Connection, Deployment, Driver, LogLine, LogQuery, Service } from '@anyfaas/kit'
import { afterEach } from 'vitest'
import { PlatformClient } from '../../src/local/client/client.ts'
import { type PlatformRecord, readRecord } from '../../src/local/client/record.ts'
import { connector } from '../../src/local/connect.ts'
import { type Home, homeOf } from '../../src/local/home.ts'
import type { FunctionSpec } from '../../src/local/spec.ts'
import { ownPort } from '../fixtures/own-port.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'
import { writeZip, zipEntry } from '../fixtures/zip.ts'

export interface FunctionFixture extends Partial<Omit<FunctionSpec, 'name'>> {
  /** Name -> text; by default the entry file's `handler` is this body. */
  readonly files?: Readonly<Record<string, string>>
  readonly executable?: readonly string[]
  /** The body of `async (event, context) => …` in the entry file. */
  readonly body?: string
}

export interface DeployTo {
  readonly service?: string
  readonly stage?: string
  readonly env?: Readonly<Record<string, string>>
  readonly port?: number
  readonly host?: string
  readonly artifacts?: readonly Artifact[]
}

/** Makes platforms that are ended after the test. */
export function useLocal(): () => LocalFixture {
  const open: LocalFixture[] = []
  afterEach(async () => {
    for (const local of open.splice(0)) await local.close()
  })
  return () => {
    const local = new LocalFixture()
    open.push(local)
    return local
  }
}

/** A local platform in a folder of its own. It is ended, and the folder removed, by `close`. */
export class LocalFixture {
  readonly home: Home
  readonly notes: string[] = []
  readonly #root = mkdtempSync(join(tmpdir(), 'sls-local-'))
  readonly #records: PlatformRecord[] = []
  /** Service and stage -> the port that it gets here; undefined where a test names one. */
  readonly #ports = new Map<string, number | undefined>()
  #zips = 0

  constructor() {
    this.home = homeOf({ SLS_HOME: join(this.#root, 'home') })
  }

  get call(): Call {
    return { signal: AbortSignal.timeout(60_000), note: (text) => void this.notes.push(text) }
  }

  async connect({
    service = 'shop',
    stage = 'dev',
    env = {},
    port,
    host,
    artifacts = [],
  }: DeployTo = {}): Promise<Connection> {
    return await connector.connect({
      service: { name: service, stage } as Service,
      artifacts,
      env: { ...env, SLS_HOME: this.home.root },
      ...(port !== undefined && { port }),
      ...(host !== undefined && { host }),
    })
  }

  /** Deploys a function and says where its service answers: on a port of its own, to which a restarted platform comes back. */
  async deploy(name: string, fixture: FunctionFixture, to: DeployTo = {}): Promise<string> {
    const { files, executable = [], body = '', ...rest } = fixture
    const entries = files ?? { [`sls_${name}.js`]: `exports.handler = async (event, context) => { ${body} }` }
    const path = join(this.#root, `${++this.#zips}.zip`)
    const { digest, bytes } = await writeZip(
      path,
      Object.entries(entries).map(([file, text]) => zipEntry(file, text, executable.includes(file))),
    )
    const spec: FunctionSpec = {
      name,
      artifact: `./${name}.zip`,
      digest,
      ...(!rest.server && { handler: `sls_${name}.handler` }),
      timeout: 3,
      memory: 128,
      environment: {},
      secrets: [],
      routes: [{ path: `/${name}`, methods: [] }],
      timers: [],
      ...rest,
    }
    const port = await this.#portOf(to)
    const connection = await this.connect({
      ...to,
      ...(port !== undefined && { port }),
      artifacts: [{ id: name, kind: 'zip', path, digest, bytes, handlers: {}, marks: {} }],
    })
    await driverOf(connection).create({ id: `function/${name}`, type: 'local.function', spec }, this.call)
    await this.record()
    return (await this.info(to))?.url ?? ''
  }

  async info(to: DeployTo = {}): Promise<Deployment | undefined> {
    return await (await this.connect(to)).info(this.call)
  }

  async remove(to: DeployTo = {}): Promise<void> {
    const driver = driverOf(await this.connect(to))
    for (const live of await driver.list(this.call, [])) await driver.delete(live, this.call)
  }

  async logs(query: Partial<LogQuery> = {}, to: DeployTo = {}): Promise<LogLine[]> {
    const connection = await this.connect(to)
    const lines: LogLine[] = []
    for await (const line of connection.logs({ functions: [], follow: false, ...query }, this.call)) lines.push(line)
    return lines
  }

  async record(): Promise<PlatformRecord> {
    const record = await readRecord(this.home.record)
    if (!record) throw new Error('no platform runs')
    if (!this.#records.some(({ pid }) => pid === record.pid)) this.#records.push(record)
    return record
  }

  async ask(path: readonly string[]): Promise<unknown> {
    return await new PlatformClient(await this.record()).ask({ path })
  }

  async #portOf({ service = 'shop', stage = 'dev', port }: DeployTo): Promise<number | undefined> {
    const key = `${service}.${stage}`
    if (port !== undefined) this.#ports.set(key, undefined)
    else if (!this.#ports.has(key)) this.#ports.set(key, await ownPort())
    return port ?? this.#ports.get(key)
  }

  async close(): Promise<void> {
    for (const record of this.#records) await endPlatform(record)
    removeFolder(this.#root)
  }
}

export function driverOf(connection: Connection): Driver<FunctionSpec> {
  return connection.drivers[0] as unknown as Driver<FunctionSpec>
}

/** What a handler of a fixture returns for a text. */
export function reply(expression: string): string {
  return `return { kind: 'http', status: 200, headers: [['content-type', 'text/plain']], body: String(${expression}) }`
}

export async function until<T>(
  look: () => Promise<T | undefined | false> | T | undefined | false,
  what: string,
  withinMs = 15_000,
): Promise<T> {
  const end = Date.now() + withinMs
  while (Date.now() < end) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`waited in vain for ${what}`)
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  return !isZombie(pid)
}

// It has ended, and whoever adopted it has not looked yet.
function isZombie(pid: number): boolean {
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/, ''))
  } catch {
    return false
  }
}

/** Resolves when it has ended; it may have before. */
export async function endPlatform(record: PlatformRecord): Promise<void> {
  const client = new PlatformClient(record)
  if ((await client.look()) === 'gone') return
  process.kill(record.pid, 'SIGTERM')
  await client.gone()
}
