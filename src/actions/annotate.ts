import {
  isMap,
  originOf,
  type Pointer,
  type Resource,
  type Service,
  type SpecFile,
  type Tree,
  withOrigin,
} from '@anyfaas/kit'
import { under } from '../config/pointer.ts'
import { parseText } from '../config/read.ts'
import { spanOf } from '../config/spans.ts'
import { createPlaces, writePlace } from './file-place.ts'
import type { ActionIo } from './io.ts'
import type { Project } from './project.ts'
import { writeSpec } from './spec-file.ts'

/** What a translator renders. */
export interface Rendering {
  readonly service: Service
  readonly resources: readonly Resource[]
}

/** The same with marks that say what part of the service file each map came from. They change nothing that is written. */
export function markOrigins({ service, resources }: Rendering): Rendering {
  return {
    service: {
      ...service,
      resources: markRaw(service.resources, '/resources'),
      overrides: markRaw(service.overrides, '/overrides'),
    },
    resources: resources.map((resource) =>
      resource.at === undefined ? resource : { ...resource, spec: withOrigin(resource.spec, resource.at) },
    ),
  }
}

/** A writer of spec files that puts a comment `# serverless.yml:12` above every part. JSON has no comments: that is told. */
export function createAnnotator(project: Project, io: ActionIo): (file: SpecFile) => Buffer {
  const places = createPlaces(project)
  return (file) => {
    if (file.format !== 'yaml') {
      io.tell({ kind: 'phase', name: `${file.path} stays without annotations: JSON has no comments`, state: 'done' })
      return writeSpec(file)
    }
    const text = writeSpec(file).toString()
    const source = parseText(file.path, text)
    const comments = commentsOf(file.data).flatMap(({ path, origin }) => {
      const place = places(origin)
      return place ? [{ offset: spanOf(source, path, 'key').start, text: `# ${writePlace(place)}` }] : []
    })
    return Buffer.from(insert(text, comments))
  }
}

// Raw settings by name, or by section and name: each of them is a part.
function markRaw(given: Readonly<Record<string, unknown>>, at: Pointer): Tree {
  return mapEntries(given, (raw, provider) => {
    if (!isMap(raw)) return raw
    return mapEntries(raw, (part, name) => {
      const here = under(under(at, provider), name)
      const isSection = isMap(part) && Object.values(part).every(isMap)
      return isSection ? mapEntries(part, (inner, key) => withOrigin(inner, under(here, key))) : withOrigin(part, here)
    })
  })
}

function mapEntries(tree: Readonly<Record<string, unknown>>, change: (value: unknown, key: string) => unknown): Tree {
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, change(value, key)]))
}

interface Comment {
  readonly path: Pointer
  readonly origin: Pointer
}

// Where the origin changes on the way down.
function commentsOf(data: unknown, path: Pointer = '', around?: Pointer): Comment[] {
  if (typeof data !== 'object' || data === null) return []
  const origin = originOf(data) ?? wrappedOrigin(data)
  const isNew = origin !== undefined && origin !== around && path !== ''
  return [
    ...(isNew ? [{ path, origin }] : []),
    ...Object.entries(data).flatMap(([key, value]) => commentsOf(value, under(path, key), origin ?? around)),
  ]
}

// `{Type, Properties}`: what says its kind beside it is one part with what it wraps.
function wrappedOrigin(data: object): Pointer | undefined {
  if (Array.isArray(data)) return undefined
  const values = Object.values(data)
  const origins = new Set(values.flatMap((value) => originOf(value) ?? []))
  return values.some((value) => typeof value === 'string') && origins.size === 1 ? [...origins][0] : undefined
}

// Each on a line of its own above, indented as what it is about.
function insert(text: string, comments: readonly { readonly offset: number; readonly text: string }[]): string {
  let out = ''
  let done = 0
  for (const comment of [...comments].sort((a, b) => a.offset - b.offset)) {
    const start = text.lastIndexOf('\n', comment.offset - 1) + 1
    if (start < done) continue
    const indent = /^ */.exec(text.slice(start))?.[0] ?? ''
    out += `${text.slice(done, start)}${indent}${comment.text}\n`
    done = start
  }
  return out + text.slice(done)
}
