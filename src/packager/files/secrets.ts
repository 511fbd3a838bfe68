import { type Diagnostic, warning } from '@anyfaas/kit'
import { readWhole } from './file-source.ts'
import type { TreeFile } from './tree.ts'

/** Warnings for files of the service that look like secrets and are packaged nevertheless, because they may be none. */
export function findSecrets(files: readonly TreeFile[]): Diagnostic[] {
  return files.flatMap((file) => {
    const reason = file.name.includes('node_modules/') ? undefined : reasonFor(file)
    if (reason === undefined) return []
    const help = [
      `leave it out: "!${file.name}" under "package", "patterns"`,
      'give values to functions as "${secret:NAME}"',
    ]
    return [warning('SLS4009', `"${file.name}" ${reason} and goes into the artifact`, { help })]
  })
}

const NAMES =
  /(?:^|[._-])(?:credentials?|secrets?|passwords?|private[._-]?key|service[._-]?account)\b.*\.(?:json|ya?ml|ini|cfg|conf|toml|properties|txt|csv|xml)$|^credentials$|\.(?:tfvars|kubeconfig|ovpn)$/i

// Only what is written by hand is read: configuration and sources.
const READABLE = /\.(?:json|ya?ml|ini|cfg|conf|toml|properties|txt|xml|sh|[cm]?[jt]s|py|go|java|php|rb)$|^[^.]+$/i
const MAX_BYTES = 64 << 10

// The forms of access keys are public and fixed, so that they can be found.
const CONTENTS =
  /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----|\b(?:AKIA[0-9A-Z]{16}|LTAI[0-9A-Za-z]{12,26}|AKID[0-9A-Za-z]{32})\b/

function reasonFor(file: TreeFile): string | undefined {
  const part = file.name.slice(file.name.lastIndexOf('/') + 1)
  if (NAMES.test(part)) return 'looks like a file of secrets by its name'
  if (file.size > MAX_BYTES || !READABLE.test(part)) return undefined
  return CONTENTS.test(readWhole(file, file.name).toString('latin1'))
    ? 'holds what looks like an access key'
    : undefined
}
