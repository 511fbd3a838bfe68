import type { Layer } from './layer.ts'
import { APP_FOLDER, type LayerName } from './layers.ts'
import { canonicalMedia, type Descriptor, type ImageConfig, type ImageManifest, MEDIA, type RunConfig } from './oci.ts'

/** An image of one platform, to build on. */
export interface Ground {
  readonly config: ImageConfig
  readonly layers: readonly Descriptor[]
  /** What the image says of its origin. */
  readonly annotations?: Readonly<Record<string, string>>
}

/** How the container starts. */
export interface Start {
  readonly command?: readonly string[]
  readonly args?: readonly string[]
  readonly port: number
}

// The only time that is the same on every machine.
const CREATED = '1970-01-01T00:00:00Z'

/** The configuration of an image that adds layers to a base. Pure. */
export function composeConfig(
  ground: Ground,
  layers: readonly (readonly [LayerName, Layer])[],
  start: Start,
): ImageConfig {
  const { config } = ground
  const { os, architecture, variant } = config
  const isTold = ground.layers.length === 0 || config.history !== undefined
  const steps = layers.map(([name]) => ({ created: CREATED, created_by: `sls: ${name}` }))
  return {
    created: CREATED,
    os,
    architecture,
    ...(variant !== undefined && { variant }),
    config: runConfig(config.config ?? {}, start),
    rootfs: { type: 'layers', diff_ids: [...config.rootfs.diff_ids, ...layers.map(([, { diffId }]) => diffId)] },
    // A history that knows only some of the layers is refused by some readers.
    ...(isTold && { history: [...(config.history ?? []), ...steps] }),
  }
}

export function composeManifest(ground: Ground, config: Descriptor, layers: readonly Layer[]): ImageManifest {
  const below = ground.layers.map((layer) => ({ ...layer, mediaType: canonicalMedia(layer.mediaType) }))
  return {
    schemaVersion: 2,
    mediaType: MEDIA.manifest,
    config,
    layers: [...below, ...layers.map(({ descriptor }) => descriptor)],
    ...(ground.annotations && { annotations: ground.annotations }),
  }
}

// A command replaces the base's arguments too: they are those of another program.
function runConfig(base: RunConfig, { command, args, port }: Start): RunConfig {
  const others = (base.Env ?? []).filter((line) => !line.startsWith('PORT='))
  return {
    ...base,
    Env: [...others, `PORT=${port}`],
    ...(command && { Entrypoint: command, Cmd: [] }),
    ...(args && { Cmd: args }),
    WorkingDir: APP_FOLDER,
    ExposedPorts: { ...base.ExposedPorts, [`${port}/tcp`]: {} },
  }
}
