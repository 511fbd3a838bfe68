import {
  type ArtifactRefs,
  artifactOf,
  type Diagnostic,
  error,
  type Fn,
  imageByDigest,
  type Service,
} from '@anyfaas/kit'

export const PLATFORM = 'Function Compute 3.0'

export interface CodeSpec {
  readonly spec: object
  readonly diagnostics: readonly Diagnostic[]
}

// The platform wants a handler of servers too, and never calls it.
const SERVER_HANDLER = 'handler'

/** What says where a function's code is and how it starts. */
export function codeOf(fn: Fn, service: Service, artifacts: ArtifactRefs): CodeSpec {
  const { code } = fn
  const { path, handler } = artifactOf(fn, service, artifacts)
  if (code.kind === 'custom') {
    const command = code.command.map((word, index) => (index === 0 ? word.replace(/^\.\//, '/code/') : word))
    const customRuntimeConfig = {
      command,
      ...(code.args.length > 0 && { args: code.args }),
      port: code.port,
      ...healthOf(fn),
    }
    return { spec: { handler: SERVER_HANDLER, code: path, customRuntimeConfig }, diagnostics: [] }
  }
  if (code.kind !== 'container') return { spec: { handler, code: path }, diagnostics: [] }
  const customContainerConfig = {
    image: imageByDigest(code),
    ...(code.command && { entrypoint: code.command }),
    ...(code.args && { command: code.args }),
    port: code.port,
    ...healthOf(fn),
  }
  return {
    spec: { handler: SERVER_HANDLER, customContainerConfig },
    diagnostics: code.image === undefined ? [missingImage(fn)] : [],
  }
}

function missingImage(fn: Fn): Diagnostic {
  return error('SLS3001', `${PLATFORM} runs images from a registry; function "${fn.name}" names none`, {
    pointer: `${fn.at}/container`,
    on: 'key',
    help: ['build and push the image, then name it: container.image'],
  })
}

function healthOf({ code }: Fn): object {
  const check = code.kind === 'custom' || code.kind === 'container' ? code.healthCheck : undefined
  if (!check) return {}
  const healthCheckConfig = {
    httpGetUrl: check.path,
    initialDelaySeconds: check.initialDelaySec,
    periodSeconds: check.intervalSec,
    timeoutSeconds: check.timeoutSec,
    failureThreshold: check.failureThreshold,
    successThreshold: check.successThreshold,
  }
  return {
    healthCheckConfig: Object.fromEntries(Object.entries(healthCheckConfig).filter(([, value]) => value !== undefined)),
  }
}
