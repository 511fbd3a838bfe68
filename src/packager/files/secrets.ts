import { type Diagnostic, warning } from '@anyfaas/kit'
import type { TreeFile } from './tree.ts'

/** True for a name that secrets are kept under. */
export function hasSecretName(name: string): boolean {
  return NAMES.test(lastPart(name))
}

/** True for a file whose content is worth a look: configuration and sources of the service's own, written by hand. */
export function mayHoldAccessKey({ name, size }: Pick<TreeFile, 'name' | 'size'>): boolean {
  return size <= MAX_BYTES && !isOthers(name) && READABLE.test(lastPart(name))
}

export function holdsAccessKey(bytes: Uint8Array): boolean {
  return CONTENTS.test(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1'))
}

/** Warnings for files of the service that look like secrets and are packaged nevertheless, because they may be none. */
export function findSecrets(names: readonly string[], holdsKey: (name: string) => boolean): Diagnostic[] {
  const own = names.filter((name) => !isOthers(name))
  return own.flatMap((name) => {
    const reason = hasSecretName(name)
      ? 'looks like a file of secrets by its name'
      : holdsKey(name) && 'holds what looks like an access key'
    if (reason === false) return []
    const help = [
      `leave it out: "!${name}" under "package", "patterns"`,
      'give values to functions as "${secret:NAME}"',
    ]
    return [warning('SLS4009', `"${name}" ${reason} and goes into the artifact`, { help })]
  })
}

const NAMES =
  /(?:^|[._-])(?:credentials?|secrets?|passwords?|private[._-]?key|service[._-]?account)\b.*\.(?:json|ya?ml|ini|cfg|conf|toml|properties|txt|csv|xml)$|^credentials$|\.(?:tfvars|kubeconfig|ovpn)$/i

const READABLE = /\.(?:json|ya?ml|ini|cfg|conf|toml|properties|txt|xml|sh|[cm]?[jt]s|py|go|java|php|rb)$|^[^.]+$/i
const MAX_BYTES = 64 << 10

// The forms of access keys and tokens are public and fixed, so that they can be found.
const CONTENTS = new RegExp(
  [
    '-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----',
    '\\b(?:AKIA[0-9A-Z]{16}|LTAI[0-9A-Za-z]{12,26}|AKID[0-9A-Za-z]{32}|AIza[0-9A-Za-z_-]{35})\\b',
    '\\b(?:gh[opsu]_[0-9A-Za-z]{36}|npm_[0-9A-Za-z]{36}|sk_live_[0-9A-Za-z]{24}|xox[bp]-[0-9]{10,13}-[0-9A-Za-z-]{20})',
  ].join('|'),
)

function isOthers(name: string): boolean {
  return name.includes('node_modules/')
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1)
}
