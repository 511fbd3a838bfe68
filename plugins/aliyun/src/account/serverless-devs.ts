import { createDecipheriv, createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { ConnectOptions } from '@anyfaas/kit'

/**
 * The keys that `s config add` of Serverless Devs wrote, by their alias; without one those that it made the default. Undefined when
 * there are none. https://docs.serverless-devs.com/user-guide/builtin/config/
 */
export async function fromServerlessDevs(env: ConnectOptions['env'], alias?: string): Promise<Written | undefined> {
  const home = env['serverless_devs_config_home'] ?? join(env['HOME'] ?? homedir(), '.s')
  for (const name of ['access.yaml', 'access.yml']) {
    const text = await readIfThere(join(home, name))
    if (text === undefined) continue
    const all = readAccess(text)
    const preferred = [...all].find(([, keys]) => keys['__default'] === 'true')?.[0]
    const keys = all.get(alias ?? preferred ?? 'default')
    return keys && credentialsOf(keys, join(home, name))
  }
  return undefined
}

/** Keys of a file, with the account that they are of. */
export interface Written {
  readonly accessKeyId: string
  readonly accessKeySecret: string
  readonly securityToken?: string
  readonly account?: string
  readonly source: string
}

type Keys = Readonly<Record<string, string>>

function credentialsOf(keys: Keys, source: string): Written | undefined {
  const { AccessKeyID: accessKeyId, AccessKeySecret: accessKeySecret, SecurityToken: token, AccountID: account } = keys
  if (!accessKeyId || !accessKeySecret) return undefined
  return { accessKeyId, accessKeySecret, source, ...(token && { securityToken: token }), ...(account && { account }) }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    if ((cause as { code?: string }).code === 'ENOENT') return undefined
    throw cause
  }
}

// The tool writes a map of maps of texts, long ones in a block of their own: of YAML no more than that is read.
function readAccess(text: string): ReadonlyMap<string, Keys> {
  const found = new Map<string, Record<string, string>>()
  let keys: Record<string, string> = {}
  let key = ''
  for (const line of text.split(/\r?\n/)) {
    const [, indent = '', name, value = ''] = /^( *)('[^']*'|"[^"]*"|[^\s:#]+):(?: +(.*))?$/.exec(line) ?? []
    if (name === undefined) {
      if (key !== '' && line.trim() !== '') keys[key] = `${keys[key] ?? ''}${line.trim()}`
    } else if (indent === '') {
      keys = {}
      key = ''
      found.set(unquoted(name), keys)
    } else {
      key = unquoted(name)
      keys[key] = /^[>|]/.test(value) ? '' : unquoted(value)
    }
  }
  return new Map([...found].map(([name, own]) => [name, deciphered(own)]))
}

function deciphered(keys: Keys): Keys {
  return Object.fromEntries(Object.entries(keys).map(([name, value]) => [name, decipher(value) ?? value]))
}

// Not a secret: the tool has the same one everywhere, so that the file is unreadable at a glance and no more.
const PASSPHRASE = 'SecretKey123'

// What OpenSSL makes with a passphrase: `Salted__`, the salt, AES-256-CBC by a key that MD5 stretched.
function decipher(text: string): string | undefined {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.toString('latin1', 0, 8) !== 'Salted__') return undefined
  const salt = bytes.subarray(8, 16)
  let stretched = Buffer.alloc(0)
  for (let block = stretched; stretched.length < 48; stretched = Buffer.concat([stretched, block]))
    block = createHash('md5').update(block).update(PASSPHRASE).update(salt).digest()
  try {
    const decipherer = createDecipheriv('aes-256-cbc', stretched.subarray(0, 32), stretched.subarray(32, 48))
    return Buffer.concat([decipherer.update(bytes.subarray(16)), decipherer.final()]).toString()
  } catch {
    // Written by somebody else, or by hand: taken as it stands, as the tool itself does.
    return undefined
  }
}

function unquoted(text: string): string {
  return text.trim().replace(/^(['"])(.*)\1$/, '$2')
}
