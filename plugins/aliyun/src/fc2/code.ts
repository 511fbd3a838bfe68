import {
  type ArtifactRefs,
  artifactOf,
  type ContainerCode,
  type Diagnostic,
  entryInitializer,
  entryPreStop,
  error,
  type Fn,
  imageByDigest,
  type Service,
} from '@anyfaas/kit'
import { PRE_STOP_SEC } from '../pre-stop.ts'

export const PLATFORM = 'Function Compute 2.0'

/** The name of the service that every function belongs to. */
export const SERVICE = { $ref: 'service', field: 'ServiceName' } as const

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
    return { spec: { Handler: SERVER_HANDLER, CodeUri: path, CAPort: code.port }, diagnostics: [] }
  }
  if (code.kind === 'container') {
    const CustomContainerConfig = {
      Image: imageByDigest(code),
      ...(code.command && { Command: JSON.stringify(code.command) }),
      ...(code.args && { Args: JSON.stringify(code.args) }),
    }
    return {
      spec: { Handler: SERVER_HANDLER, CAPort: code.port, CustomContainerConfig },
      diagnostics: checkImage(fn, code),
    }
  }
  const [initializer, preStop] = [entryInitializer(fn), entryPreStop(fn)]
  const lifecycle = { InstanceLifecycleConfig: { PreStop: { Handler: preStop, Timeout: PRE_STOP_SEC } } }
  return {
    spec: {
      Handler: handler,
      ...(initializer !== undefined && { Initializer: initializer }),
      ...(preStop !== undefined && lifecycle),
      CodeUri: path,
    },
    diagnostics: [],
  }
}

function checkImage(fn: Fn, { image }: ContainerCode): Diagnostic[] {
  if (image !== undefined) return []
  const help = 'build and push the image, then name it: container.image'
  return [refuse(fn, 'container', 'it runs images from a registry, and none is named', help)]
}

function refuse(fn: Fn, key: string, why: string, help: string): Diagnostic {
  return error('SLS3001', `${PLATFORM} cannot do function "${fn.name}": ${why}`, {
    pointer: `${fn.at}/${key}`,
    on: 'key',
    help: [help],
  })
}
