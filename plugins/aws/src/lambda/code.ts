import {
  type ArtifactRefs,
  artifactOf,
  type CustomCode,
  type Diagnostic,
  error,
  type Fn,
  imageByDigest,
  REGION,
  type Service,
  type Tree,
} from '@anyfaas/kit'
import { facts } from './facts.ts'

export const PLATFORM = 'Lambda'

export interface CodeSpec {
  readonly spec: Tree
  /** Variables that the way of running needs. */
  readonly environment: Tree
  readonly layers: readonly string[]
  readonly diagnostics: readonly Diagnostic[]
}

/** What says where a function's code is and how it starts. */
export function codeOf(fn: Fn, service: Service, artifacts: ArtifactRefs): CodeSpec {
  const { code } = fn
  const { path, handler } = artifactOf(fn, service, artifacts)
  if (code.kind === 'custom') return serverOf(fn, code, path)
  if (code.kind !== 'container')
    return { spec: { Handler: handler, CodeUri: path }, environment: {}, layers: [], diagnostics: [] }
  const ImageConfig = { ...(code.command && { EntryPoint: code.command }), ...(code.args && { Command: code.args }) }
  return {
    spec: {
      PackageType: 'Image',
      ImageUri: imageByDigest(code),
      ...(Object.keys(ImageConfig).length > 0 && { ImageConfig }),
    },
    environment: adapterSettings(fn, code.port),
    layers: [],
    diagnostics: checkImage(fn, code.image),
  }
}

/** https://github.com/awslabs/aws-lambda-web-adapter: turns calls into requests to a server on a port. */
const ADAPTER = { account: '753240598075', layer: 'LambdaAdapterLayerX86:27' }

/** The managed runtimes that have the interpreter of a command; the one for any program has none. */
const INTERPRETERS: Readonly<Record<string, string>> = {
  node: 'nodejs24',
  python3: 'python3.13',
  python: 'python3.13',
  java: 'java21',
}

// The adapter stands beside `bootstrap`: the platform's runtime for any program starts it, and the managed ones by a wrapper.
function serverOf(fn: Fn, code: CustomCode, path: string): CodeSpec {
  const runtime = INTERPRETERS[code.command[0] ?? '']
  const id = runtime === undefined ? undefined : facts.runtimes[runtime]?.id
  return {
    spec: { ...(id !== undefined && { Runtime: id }), Handler: 'bootstrap', CodeUri: path },
    environment: {
      ...(id !== undefined && { AWS_LAMBDA_EXEC_WRAPPER: '/opt/bootstrap' }),
      ...adapterSettings(fn, code.port),
    },
    layers: [`arn:aws:lambda:${REGION}:${ADAPTER.account}:layer:${ADAPTER.layer}`],
    diagnostics: [],
  }
}

function adapterSettings(fn: Fn, port: number): Tree {
  const check = fn.code.kind === 'custom' || fn.code.kind === 'container' ? fn.code.healthCheck : undefined
  return {
    AWS_LWA_PORT: String(port),
    ...(check && { AWS_LWA_READINESS_CHECK_PATH: check.path }),
    // Events that are no requests are posted where the other clouds post them too.
    AWS_LWA_PASS_THROUGH_PATH: '/invoke',
  }
}

const ECR = /^\d{12}\.dkr\.ecr\.[\w-]+\.amazonaws\.com(\.cn)?\//

function checkImage(fn: Fn, image: string | undefined): Diagnostic[] {
  const place = { pointer: `${fn.at}/container`, on: 'key' as const }
  if (image === undefined || !ECR.test(image)) {
    const why = image === undefined ? 'it names none' : `"${image}" is elsewhere`
    return [
      error('SLS3001', `${PLATFORM} runs images from ECR; function "${fn.name}": ${why}`, {
        ...place,
        help: ['push the image to ECR in the region of the function, and name it: container.image'],
      }),
    ]
  }
  const message = `the image of function "${fn.name}" has to carry the Lambda Web Adapter as /opt/extensions/lambda-adapter, for ${PLATFORM} sends no requests to a port`
  return [{ code: 'SLS3002', severity: 'note', message, emulated: true, ...place }]
}
