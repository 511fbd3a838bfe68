import type { SecretName } from '../secrets/secret-store.ts'
import { type Ask, NO_NAMESPACE, namespaceIn, namespaceOf, type Reply, readBody } from './openfaas-ask.ts'

/** Their names alone: nothing tells a value. */
export function listSecrets({ platform, query }: Ask): Reply {
  const namespace = query.get('namespace')
  return [200, platform.secrets.list().filter((secret) => !namespace || secret.namespace === namespace)]
}

/** For `POST`, which makes a secret, and `PUT`, which changes one. */
export async function putSecret({ platform, request, query, method }: Ask): Promise<Reply> {
  const { name, namespace: asked, value, rawValue } = await readBody(request)
  const namespace = namespaceIn(platform, asked, query.get('namespace'))
  if (namespace === undefined) return NO_NAMESPACE
  if (typeof name !== 'string') return [400, 'a secret needs a name']
  const bytes = bytesOf(value, rawValue)
  if (!bytes) return [400, 'a secret needs a value, or a rawValue in base64']
  const secret = { name, namespace }
  const isThere = platform.secrets.has(secret)
  if (method === 'POST' && isThere) return [409, `secret ${name} exists in ${namespace}`]
  if (method === 'PUT' && !isThere) return notFound(secret)
  await platform.secrets.put(secret, bytes)
  hide(platform, namespace)
  return [method === 'POST' ? 201 : 202, '']
}

export async function removeSecret({ platform, request, query }: Ask): Promise<Reply> {
  const { name, namespace: asked } = await readBody(request)
  const namespace = namespaceIn(platform, asked, query.get('namespace'))
  if (namespace === undefined) return NO_NAMESPACE
  const secret = { name: String(name), namespace }
  if (!platform.secrets.has(secret)) return notFound(secret)
  await platform.secrets.remove(secret)
  return [202, '']
}

function notFound({ name, namespace }: SecretName): Reply {
  return [404, `secret ${name} not found in ${namespace}`]
}

function bytesOf(value: unknown, rawValue: unknown): Uint8Array | undefined {
  if (typeof rawValue === 'string' && rawValue !== '') return Buffer.from(rawValue, 'base64')
  return typeof value === 'string' ? Buffer.from(value) : undefined
}

// The new value must not be seen in a log either.
function hide({ services }: Ask['platform'], namespace: string): void {
  services.find((host) => namespaceOf(host) === namespace)?.hideSecrets()
}
