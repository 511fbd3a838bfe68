import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Whether a test that needs more than Node.js can run here. In CI everything is installed, and what is missing fails
 * instead of being left out.
 */
export function has(peer: keyof typeof FIND): boolean {
  const found = FIND[peer]() !== undefined
  if (!found && process.env['ANYFAAS_CI']) throw new Error(`${peer} is missing; .ci/run installs it`)
  if (!found) console.log(`left out: tests that need ${peer}`)
  return found
}

/** The folder of PostgreSQL's own programs. */
export function postgresFolder(): string | undefined {
  const base = '/usr/lib/postgresql'
  const versions = existsSync(base) ? readdirSync(base).sort().reverse() : []
  return versions.map((version) => `${base}/${version}/bin`).find((folder) => existsSync(`${folder}/initdb`))
}

/** The program that serves moto, another party's AWS. */
export function motoServer(): string | undefined {
  const program = join(process.env['ANYFAAS_JUDGES'] ?? join(tmpdir(), 'anyfaas-judges'), 'bin/moto_server')
  return existsSync(program) ? program : undefined
}

/** The program that serves NATS, which `.ci/run` builds outside of the tree. */
export function natsServer(): string | undefined {
  const program = join(process.env['ANYFAAS_JUDGES'] ?? join(tmpdir(), 'anyfaas-judges'), 'bin/nats-server')
  return existsSync(program) ? program : onPath('nats-server')
}

/** The folder of the parts of a broker of Kafka, which `.ci/run` gathers outside of the tree. */
export function kafkaFolder(): string | undefined {
  const folder = join(process.env['ANYFAAS_JUDGES'] ?? join(tmpdir(), 'anyfaas-judges'), 'kafka-3.9.1')
  return existsSync(folder) ? folder : undefined
}

/** The folder in which a group of test/judges/packages.json is installed, or would be. */
export const { judgeFolder } = createRequire(import.meta.url)('./judges/folder.cjs') as {
  readonly judgeFolder: (group: string) => string
}

const MIDWAY = ['midway1', 'midway2', 'midway3', 'midway4', 'typescript']

const CONTAINER_TOOLS = ['docker-registry', 'skopeo', 'buildah', 'busybox']

/** A Python with the vendors' own judges of templates; `.ci/run` makes it outside of the tree. */
export function judgesPython(): string | undefined {
  const python = join(process.env['ANYFAAS_JUDGES'] ?? join(tmpdir(), 'anyfaas-judges'), 'bin/python')
  return existsSync(python) ? python : undefined
}

const FIND = {
  go: () => onPath('go'),
  python3: () => onPath('python3'),
  pip: () => answers('python3', ['-m', 'pip', '--version']),
  // A registry, and programs of other people that read, push and run images.
  containers: () => (CONTAINER_TOOLS.every((tool) => onPath(tool)) ? CONTAINER_TOOLS[0] : undefined),
  chromium: () => onPath('chromium'),
  unzip: () => onPath('unzip'),
  mosquitto: () => onPath('mosquitto'),
  'nats-server': natsServer,
  'a broker of Kafka': () => onPath('java') && kafkaFolder(),
  PostgreSQL: postgresFolder,
  'the runtime client of Lambda': () => judged('lambda-client') && judged('node20') && judged('node24'),
  'the functions framework': () => judged('cloudevents'),
  'the starters of midway': () => judged('midway'),
  midway: () => (MIDWAY.map(judged).every(Boolean) ? MIDWAY[0] : undefined),
  "Alibaba Cloud's older libraries": () => judged('alibaba-cloud'),
  'web frameworks': () => judged('web') && judged('express4'),
  'cfn-lint': judgesPython,
  moto: motoServer,
  'systemd-analyze': () => onPath('systemd-analyze'),
} as const

function answers(command: string, args: readonly string[]): string | undefined {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    // Not there, or without the part that is asked for.
    return undefined
  }
}

function judged(group: string): string | undefined {
  const folder = judgeFolder(group)
  return existsSync(folder) ? folder : undefined
}

function onPath(command: string): string | undefined {
  try {
    return execFileSync('sh', ['-c', `command -v ${command}`], { encoding: 'utf8' }).trim()
  } catch {
    // The shell's answer for a command that is not there.
    return undefined
  }
}
