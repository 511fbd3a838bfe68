/**
 * What never goes into an artifact, whatever the patterns say: history, credentials, keys, the tool's own folders.
 * Tested on every part of a path, so that a folder of this name is not even read.
 */
export function isNever(name: string): boolean {
  const part = name.slice(name.lastIndexOf('/') + 1)
  if (NEVER.has(part) || NEVER_LIKE.test(part)) return true
  if (part.startsWith('code-') && OWN_CODE.test(name)) return true
  return name === part ? ROOT_ONLY.test(part) : part.startsWith('.') && IN_PACKAGES.test(name)
}

/** A file that is left out when it has a private key: the same extension is used for public certificates. */
export function mayHoldKey(name: string): boolean {
  return /\.(?:pem|key)$/i.test(name)
}

/** Left out unless a pattern names it: the service file is for the tool, not for the function. */
export function isServiceFile(name: string): boolean {
  return /^(?:serverless\.(?:yml|yaml|json|ts|js|mjs)|f\.ya?ml|\.(?:sls|fc|fun)ignore)$/.test(name)
}

// Names of folders and files that tools keep credentials in; vendors' tools among them.
const NEVER: ReadonlySet<string> = new Set([
  ...['.git', '.svn', '.hg', '.sls', '.serverless', '.s', '.fun', '.DS_Store'],
  ...['.aws', '.aliyun', '.fcli', '.tccli', '.azure', '.gcloud', '.kube', '.docker', '.ssh', '.gnupg', '.terraform'],
  ...['.npmrc', '.yarnrc', '.yarnrc.yml', '.pypirc', '.netrc', '_netrc', '.git-credentials', '.htpasswd', '.pgpass'],
])

// One expression, because every file is held against it.
const NEVER_LIKE = new RegExp(
  [
    '^\\.env',
    '^id_(?:rsa|dsa|ecdsa|ed25519)',
    '\\.(?:p12|pfx|p8|ppk|jks|keystore|kdbx)$',
    '\\.tfstate(?:\\.backup)?$',
    // A draft of an artifact, left by a run that was killed: see `file-sink.ts`.
    '^\\..+\\.[0-9a-f-]{36}\\.tmp$',
  ].join('|'),
  'i',
)

// Our own compiled code, where the home folder is the service's: see `bin/load.js`.
const OWN_CODE = /(?:^|\/)anyfaas\/code-[^/]+-v\d+\.\d+\.\d+[^/]*$/

// Other artifacts.
const ROOT_ONLY = /\.zip$/i

// What package managers keep for themselves: `.bin`, `.cache`, `.package-lock.json`, `.modules.yaml`, `.pnpm`.
const IN_PACKAGES = /(?:^|\/)node_modules\/[^/]+$/
