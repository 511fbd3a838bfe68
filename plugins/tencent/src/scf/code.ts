import {
  type ArtifactRefs,
  artifactOf,
  type ContainerCode,
  type CustomCode,
  type Diagnostic,
  error,
  type Fn,
  type Service,
  triggersOf,
} from '@anyfaas/kit'

export const PLATFORM = 'SCF'

export interface CodeSpec {
  readonly spec: object
  readonly diagnostics: readonly Diagnostic[]
}

const PORT = 9000
const START = 'scf_bootstrap'

/** What says where a function's code is and how it starts. */
export function codeOf(fn: Fn, service: Service, artifacts: ArtifactRefs): CodeSpec {
  const { code } = fn
  if (code.kind === 'custom')
    return { spec: { type: 'web', handler: START }, diagnostics: [...checkWeb(fn, code), ...checkStart(fn, code)] }
  if (code.kind === 'container')
    return {
      spec: { type: 'web', image: imageOf(code) },
      diagnostics: [...checkWeb(fn, code), ...checkImage(fn, code)],
    }
  return { spec: { handler: artifactOf(fn, service, artifacts).handler }, diagnostics: [] }
}

// https://cloud.tencent.com/document/product/583/56124
function checkWeb(fn: Fn, { port }: CustomCode | ContainerCode): Diagnostic[] {
  const section = fn.code.kind
  const others = triggersOf(fn).filter(({ trigger }) => trigger.kind !== 'http' && trigger.kind !== 'event')
  return [
    ...(port === PORT
      ? []
      : [
          refuse(
            `${fn.at}/${section}/port`,
            `it calls servers on port ${PORT}; "${fn.name}" listens on ${port}`,
            `listen on 0.0.0.0:${PORT}`,
          ),
        ]),
    ...others.map(({ trigger }) =>
      refuse(
        trigger.at,
        `a web function such as "${fn.name}" takes requests only, no ${trigger.kind} triggers`,
        'make two functions of it',
      ),
    ),
  ]
}

function checkStart(fn: Fn, { command, args }: CustomCode): Diagnostic[] {
  if (command.length === 1 && command[0]?.replace(/^\.\//, '') === START && args.length === 0) return []
  return [
    refuse(
      `${fn.at}/custom/command`,
      `it starts the file "${START}" and nothing else`,
      `put an executable "${START}" at the root that starts the server, and say custom.command: ./${START}`,
    ),
  ]
}

const REGISTRY = /^(ccr\.ccs\.tencentyun\.com|[\w-]+\.tencentcloudcr\.com)\//

function checkImage(fn: Fn, { image }: ContainerCode): Diagnostic[] {
  if (image !== undefined && REGISTRY.test(image)) return []
  const why =
    image === undefined
      ? 'it runs images from a registry, and none is named'
      : `it runs images of its own registry; "${image}" is elsewhere`
  return [
    refuse(
      `${fn.at}/container`,
      why,
      'push the image to ccr.ccs.tencentyun.com or to a registry of TCR, and name it: container.image',
    ),
  ]
}

function imageOf({ image = '', command, args }: ContainerCode): object {
  return {
    imageType: image.startsWith('ccr.ccs.') ? 'personal' : 'enterprise',
    imageUrl: image,
    ...(command && { command: command.join(' ') }),
    ...(args && { args: args.join(' ') }),
  }
}

function refuse(pointer: string, why: string, help: string): Diagnostic {
  return error('SLS3001', `${PLATFORM} cannot do it: ${why}`, { pointer, on: 'key', help: [help] })
}
