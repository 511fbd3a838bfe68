import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeCertificate } from '../../src/local/dev/certificate.ts'
import { removeFolder } from '../fixtures/remove-folder.ts'
import { kafkaFolder } from '../peers.ts'
import { until } from './fixture.ts'
import { freePort, listens } from './mosquitto.ts'

export interface KafkaFixture {
  /** `HOST:PORT`, for everybody. */
  readonly open: string
  /** `HOST:PORT` with TLS, for the user `alice` with the password `alice's secret`. */
  readonly secure: string
  /** Of the certificate's authority. */
  readonly ca: string
  stop(): Promise<void>
  start(): Promise<void>
}

/** A machine can have much else to do. */
const START_MS = 180_000

/** Starts a broker of Kafka; it ends by what is pushed to `closing`. */
export async function openKafka(closing: (() => unknown)[]): Promise<KafkaFixture> {
  const folder = mkdtempSync(join(tmpdir(), 'sls-kafka-'))
  const [open, secure, controller] = [await freePort(), await freePort(), await freePort()]
  const { key, cert } = makeCertificate(['localhost', '127.0.0.1'], Date.now())
  writeFileSync(join(folder, 'server.pem'), `${key}\n${cert}`)
  writeFileSync(join(folder, 'ca.pem'), cert)
  const settings = join(folder, 'server.properties')
  writeFileSync(settings, settingsOf(folder, { open, secure, controller }))
  const users = ['256', '512'].flatMap((bits) => [
    '--add-scram',
    `SCRAM-SHA-${bits}=[name=alice,password=alice's secret]`,
  ])
  await run(['kafka.tools.StorageTool', 'format', '-t', 'anyfaasAnyfaasAnyfaas', '-c', settings, ...users])
  let broker: ReturnType<typeof java> | undefined
  const start = async (): Promise<void> => {
    broker = java(['kafka.Kafka', settings])
    const isUp = async (): Promise<boolean> => {
      if (broker?.exitCode !== null) throw new Error(`the broker of Kafka ended with ${broker?.exitCode}`)
      return (await listens(open)) && (await listens(secure))
    }
    await until(isUp, 'the broker of Kafka', START_MS)
  }
  const stop = async (): Promise<void> => {
    if (!broker || broker.exitCode !== null || broker.signalCode !== null) return
    broker.kill('SIGKILL')
    await once(broker, 'exit')
  }
  closing.push(async () => {
    await stop()
    removeFolder(folder)
  })
  await start()
  return { open: `127.0.0.1:${open}`, secure: `127.0.0.1:${secure}`, ca: join(folder, 'ca.pem'), start, stop }
}

function settingsOf(folder: string, ports: Readonly<Record<'open' | 'secure' | 'controller', number>>): string {
  const login = 'org.apache.kafka.common.security'
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${ports.controller}`,
    listeners: `OPEN://127.0.0.1:${ports.open},SECURE://127.0.0.1:${ports.secure},CONTROLLER://127.0.0.1:${ports.controller}`,
    'listener.security.protocol.map': 'OPEN:PLAINTEXT,SECURE:SASL_SSL,CONTROLLER:PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'OPEN',
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    'listener.name.secure.plain.sasl.jaas.config': `${login}.plain.PlainLoginModule required user_alice="alice's secret";`,
    'listener.name.secure.scram-sha-256.sasl.jaas.config': `${login}.scram.ScramLoginModule required;`,
    'listener.name.secure.scram-sha-512.sasl.jaas.config': `${login}.scram.ScramLoginModule required;`,
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': join(folder, 'server.pem'),
    'log.dirs': join(folder, 'data'),
    'num.partitions': 2,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 1,
    'group.initial.rebalance.delay.ms': 0,
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}

function java(args: readonly string[]): ReturnType<typeof spawn> {
  const options = ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-Dorg.slf4j.simpleLogger.defaultLogLevel=error']
  return spawn('java', [...options, '-cp', `${kafkaFolder()}/*`, ...args], { stdio: ['ignore', 'ignore', 'inherit'] })
}

async function run(args: readonly string[]): Promise<void> {
  const [code] = await once(java(args), 'exit')
  if (code !== 0) throw new Error(`${args[0]} ended with ${code}`)
}
