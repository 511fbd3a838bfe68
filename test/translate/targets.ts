import type { ArtifactRefs, Provider, Service, Target, Translator } from '../../src/kit/src/index.ts'

/** Every platform that a service translates to, by the name that its golden files bear. */
export async function loadTargets(): Promise<readonly NamedTarget[]> {
  const providers: readonly Provider[] = [
    (await import('../../plugins/aliyun/src/index.ts')).provider,
    (await import('../../plugins/tencent/src/index.ts')).provider,
    (await import('../../plugins/aws/src/index.ts')).provider,
  ]
  const targets = providers.flatMap((provider) =>
    provider.targets.map((target) => ({ provider: provider.name, target })),
  )
  return Promise.all(
    targets.map(async ({ provider, target }) => ({
      name: target.edition === undefined ? provider : `${provider}-${target.edition}`,
      provider,
      target,
      translator: await target.translate(),
    })),
  )
}

export interface NamedTarget {
  readonly name: string
  readonly provider: string
  readonly target: Target
  readonly translator: Translator
}

/** Translates and renders in one go. */
export function translateAll({ translator }: NamedTarget, service: Service, artifacts: ArtifactRefs = {}) {
  const { resources, diagnostics } = translator.translate(service, artifacts)
  return { resources, diagnostics, files: translator.render(service, resources) }
}
