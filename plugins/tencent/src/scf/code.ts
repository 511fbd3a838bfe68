import {
  type ArtifactRefs,
  artifactOf,
  type ContainerCode,
  type CustomCode,
  type Diagnostic,
  error,
  type Fn,
  type Service,
  treeAt,
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
  if (code.kind === 'custom') return { spec: { type: 'web', handler: START }, diagnostics: checkWeb(fn, code) }
  if (code.kind === 'container')
    return {
      spec: { type: 'web', image: imageOf(code) },
      diagnostics: [...checkWeb(fn, code), ...checkImage(fn, code)],
    }
  return { spec: { handler: artifactOf(fn, service, artifacts).handler }, diagnostics: [] }
}

// https://cloud.tencent.com/document/product/583/56124
function checkWeb(fn: Fn, { port }: CustomCode | ContainerCode): Diagnostic[] {
  const others = triggersOf(fn).filter(({ trigger }) => trigger.kind !== 'http' && trigger.kind !== 'event')
  const refusals = others.map(({ trigger }) => {
    const why = `it is a web function, which takes requests only and no ${trigger.kind} triggers`
    return refuse(fn, { pointer: trigger.at, why, help: 'make two functions of it' })
  })
  if (port === PORT) return refusals
  const pointer = `${fn.at}/${fn.code.kind}/port`
  return [
    refuse(fn, { pointer, why: `servers are called on port ${PORT}, not ${port}`, help: `listen on 0.0.0.0:${PORT}` }),
    ...refusals,
  ]
}

const PERSONAL = /^ccr\.ccs\.tencentyun\.com\//
const ENTERPRISE = /^[\w-]+\.tencentcloudcr\.com\//

function checkImage(fn: Fn, { image, command = [], args = [] }: ContainerCode): Diagnostic[] {
  const pointer = `${fn.at}/container`
  const spaced = [...command, ...args].find((word) => word.includes(' '))
  const words = `a command is one text, cut at its spaces, and "${spaced}" holds one`
  const found =
    spaced === undefined ? [] : [refuse(fn, { pointer, why: words, help: 'put the command into the image' })]
  if (image !== undefined && PERSONAL.test(image)) return found
  if (image !== undefined && ENTERPRISE.test(image)) {
    if (treeAt(fn.overrides['tencent'], ['image', 'registryId']) !== undefined) return found
    const help = 'overrides: {tencent: {image: {registryId: tcr-…}}}'
    return [...found, refuse(fn, { pointer, why: 'the id of the registry is needed to fetch its image', help })]
  }
  const why =
    image === undefined
      ? 'the platform runs images from a registry, and none is named'
      : `the platform runs images of its own registries; "${image}" is elsewhere`
  return [
    ...found,
    refuse(fn, {
      pointer,
      why,
      help: 'push the image to ccr.ccs.tencentyun.com or to a registry of TCR, and name it: container.image',
    }),
  ]
}

function imageOf({ image = '', command, args }: ContainerCode): object {
  return {
    imageType: PERSONAL.test(image) ? 'personal' : 'enterprise',
    imageUrl: image,
    ...(command && { command: command.join(' ') }),
    ...(args && { args: args.join(' ') }),
  }
}

function refuse(
  fn: Fn,
  { pointer, why, help }: { readonly pointer: string; readonly why: string; readonly help: string },
): Diagnostic {
  return error('SLS3001', `${PLATFORM} cannot run function "${fn.name}": ${why}`, { pointer, on: 'key', help: [help] })
}
