import { createPrivateKey, generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { bitString, context, explicit, integer, octets, oid, sequence, set, time, utf8, wrap } from './der.ts'

export interface Certificate {
  readonly key: string
  readonly cert: string
  /** Where the certificate lies, for who wants to trust it. */
  readonly file: string
}

const NAMES = ['localhost', '127.0.0.1', '::1']
const DAYS = 397
const DAY_MS = 86_400_000

/**
 * The certificate of this user for development: kept in a folder that is there, so that it has to be trusted once, and made anew when it
 * ends or lacks a name.
 */
export async function ensureCertificate(folder: string, names: readonly string[]): Promise<Certificate> {
  const file = join(folder, 'dev-cert.pem')
  const keyFile = join(folder, 'dev-key.pem')
  const wanted = [...new Set([...NAMES, ...names])]
  const kept = await Promise.all([keyFile, file].map((path) => readFile(path, 'utf8'))).catch(missing)
  if (kept?.[0] && kept[1] && covers(kept[1], wanted)) return { key: kept[0], cert: kept[1], file }
  const made = makeCertificate(wanted, Date.now())
  await writeFile(keyFile, made.key, { mode: 0o600 })
  await writeFile(file, made.cert)
  return { ...made, file }
}

/** A self-signed certificate for these names and addresses, PEM, with its key on P-256. */
export function makeCertificate(names: readonly string[], now: number): { key: string; cert: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  // https://www.rfc-editor.org/rfc/rfc5280#section-4.1
  const name = sequence(set(sequence(oid(COMMON_NAME), utf8('anyfaas development'))))
  const body = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(positive(randomBytes(16))),
    ECDSA_SHA256,
    name,
    sequence(time(new Date(now - DAY_MS)), time(new Date(now + DAYS * DAY_MS))),
    name,
    publicKey,
    explicit(3, sequence(...extensionsFor(names))),
  )
  const signature = sign('sha256', body, createPrivateKey(privateKey))
  const certificate = sequence(body, ECDSA_SHA256, bitString(signature))
  const text = certificate.toString('base64').replace(/.{1,64}/g, '$&\n')
  return { key: privateKey, cert: `-----BEGIN CERTIFICATE-----\n${text}-----END CERTIFICATE-----\n` }
}

const COMMON_NAME = '2.5.4.3'
const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'))
const TRUE = wrap(0x01, Buffer.from([0xff]))
const DNS_NAME = 2
const IP_ADDRESS = 7

function extensionsFor(names: readonly string[]): Buffer[] {
  const all = names.map((name) =>
    isIP(name) ? context(IP_ADDRESS, addressBytes(name)) : context(DNS_NAME, Buffer.from(name, 'ascii')),
  )
  return [
    // No authority, so that nobody who trusts it trusts more than this machine's own names.
    sequence(oid('2.5.29.19'), TRUE, octets(sequence())),
    // Digital signature.
    sequence(oid('2.5.29.15'), TRUE, octets(wrap(0x03, Buffer.from([7, 0x80])))),
    // A server's.
    sequence(oid('2.5.29.37'), octets(sequence(oid('1.3.6.1.5.5.7.3.1')))),
    sequence(oid('2.5.29.17'), octets(sequence(...all))),
  ]
}

function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number))
  const [head = '', tail] = address.split('::')
  const groups = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
  const front = groups(head)
  const back = tail === undefined ? [] : groups(tail)
  const all = tail === undefined ? front : [...front, ...Array(8 - front.length - back.length).fill(0), ...back]
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 0xff]))
}

function positive(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(bytes[0] ?? 0) & 0x7f || 1]), bytes.subarray(1)])
}

function covers(pem: string, names: readonly string[]): boolean {
  try {
    const certificate = new X509Certificate(pem)
    const isFresh = Date.parse(certificate.validTo) > Date.now() + DAY_MS
    return isFresh && names.every((name) => (isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name)))
  } catch {
    // Not a certificate: another one is made.
    return false
  }
}

function missing(cause: NodeJS.ErrnoException): undefined {
  if (cause.code !== 'ENOENT') throw cause
}
