import { createDecipheriv, createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { type ConnectOptions, error, isMap, SlsError, type Tree } from '@anyfaas/kit'

/**
 * The keys that `s config add` of Serverless Devs wrote, by their alias; without one those that it made the default. Undefined when
 * there are none. Throws SLS5006 for a file that is no YAML. https://docs.serverless-devs.com/user-guide/builtin/config/
 */
export async function fromServerlessDevs(env: ConnectOptions['env'], alias?: string): Promise<Written | undefined> {
  const home = env['serverless_devs_config_home'] ?? join(env['HOME'] ?? homedir(), '.s')
  for (const name of ['access.yaml', 'access.yml']) {
    const path = join(home, name)
    const text = await readIfThere(path)
    if (text === undefined) continue
    const all = await readAccess(text, path)
    const preferred = Object.entries(all).find(([, keys]) => isMap(keys) && keys['__default'] === 'true')?.[0]
    const keys = all[alias ?? preferred ?? 'default']
    return isMap(keys) ? credentialsOf(keys, path) : undefined
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

function credentialsOf(keys: Tree, source: string): Written | undefined {
  const [accessKeyId, accessKeySecret, securityToken, account] = [
    ...['AccessKeyID', 'AccessKeySecret', 'SecurityToken', 'AccountID'],
  ].map((name) => deciphered(keys[name]))
  if (!accessKeyId || !accessKeySecret) return undefined
  return { accessKeyId, accessKeySecret, source, ...(securityToken && { securityToken }), ...(account && { account }) }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    if ((cause as { code?: string }).code === 'ENOENT') return undefined
    throw cause
  }
}

async function readAccess(text: string, path: string): Promise<Tree> {
  const { readTexts } = await import('./texts.ts')
  const all = readTexts(text)
  if (isMap(all)) return all
  throw new SlsError(error('SLS5006', `${path} cannot be read as YAML`, { help: ['s config add writes it'] }))
}

// Not a secret: the tool has the same one everywhere, so that the file is unreadable at a glance and no more.
const PASSPHRASE = 'SecretKey123'

// What OpenSSL makes with a passphrase: `Salted__`, the salt, AES-256-CBC by a key that MD5 stretched.
function deciphered(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  // Folded over lines, where it is long.
  const bytes = Buffer.from(value.replace(/\s/g, ''), 'base64')
  if (bytes.toString('latin1', 0, 8) !== 'Salted__') return value
  const salt = bytes.subarray(8, 16)
  let stretched = Buffer.alloc(0)
  for (let block = stretched; stretched.length < 48; stretched = Buffer.concat([stretched, block]))
    block = createHash('md5').update(block).update(PASSPHRASE).update(salt).digest()
  try {
    const decipherer = createDecipheriv('aes-256-cbc', stretched.subarray(0, 32), stretched.subarray(32, 48))
    return Buffer.concat([decipherer.update(bytes.subarray(16)), decipherer.final()]).toString()
  } catch {
    // Written by somebody else, or by hand: taken as it stands, as the tool itself does.
    return value
  }
}
