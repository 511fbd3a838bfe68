import { createHash } from 'node:crypto'
import { readFile, realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type { HttpContext, SiteOptions } from '@anyfaas/runtime'
import type { Application } from './application.ts'
import { typeOf } from './content-type.ts'
import { readRange } from './range.ts'

/** Serves the files of a folder: types, index pages, entity tags, ranges. Nothing outside the folder, and no dot files. */
export async function siteIn(folder: string, options: SiteOptions): Promise<Application> {
  const root = await realpath(folder)
  const files = new Files(root)
  const { prefix = '', notFound = '404.html', fallback, maxAge = 0 } = options
  return async (ctx) => {
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD')
      return ctx.throw(405, undefined, { headers: { allow: 'GET, HEAD' } })
    const name = nameOf(ctx.path, prefix)
    const found = name === undefined ? undefined : ((await files.find(name)) ?? (await files.page(name)))
    if (found === 'folder') {
      const query = ctx.request.querystring
      // Two slashes at the start would name another host.
      ctx.redirect(`${ctx.path.replace(/^\/+/, '/')}/${query && `?${query}`}`, 301)
      return undefined
    }
    ctx.set('cache-control', `public, max-age=${maxAge}`)
    if (found) return sendFile(ctx, found)
    const page = await files.find(fallback ?? notFound)
    if (!page || page === 'folder') return ctx.throw(404)
    if (fallback !== undefined) return sendFile(ctx, page)
    ctx.status = 404
    ctx.type = page.type
    return page.bytes
  }
}

interface SiteFile {
  readonly type: string
  readonly bytes: Buffer
  readonly tag: string
}

/** The files of a site. The code of a function does not change while it runs; on a developer's machine it may. */
class Files {
  readonly #root: string
  readonly #tags = new Map<string, { readonly key: string; readonly tag: string }>()

  constructor(root: string) {
    this.#root = root
  }

  /** A file by its name below the root; `folder` when a slash is missing at its end. */
  async find(name: string): Promise<SiteFile | 'folder' | undefined> {
    const wanted = join(this.#root, name)
    const path = await realpath(wanted).catch(absent)
    // A link may lead anywhere.
    if (path === undefined || !(path === this.#root || path.startsWith(this.#root + sep))) return undefined
    const stats = await stat(path)
    if (stats.isDirectory()) {
      if (name !== '' && !name.endsWith('/')) return (await this.find(`${name}/index.html`)) && 'folder'
      return await this.find(`${name}index.html`)
    }
    if (!stats.isFile() || name.endsWith('/')) return undefined
    const bytes = await readFile(path)
    return { bytes, type: typeOf(name), tag: this.#tagOf(path, `${stats.size} ${stats.mtimeMs}`, bytes) }
  }

  /** `about.html` for `about`: what site generators write for a page, and its links leave out. */
  async page(name: string): Promise<SiteFile | undefined> {
    if (name === '' || name.endsWith('/')) return undefined
    const page = await this.find(`${name}.html`)
    return page === 'folder' ? undefined : page
  }

  // By the content: in an artifact all files bear the same date.
  #tagOf(path: string, key: string, bytes: Buffer): string {
    const known = this.#tags.get(path)
    if (known?.key === key) return known.tag
    const tag = `"${createHash('sha1').update(bytes).digest('base64url')}"`
    this.#tags.set(path, { key, tag })
    return tag
  }
}

function sendFile(ctx: HttpContext, { bytes, type, tag }: SiteFile): Buffer | null {
  ctx.set('etag', tag)
  ctx.set('accept-ranges', 'bytes')
  if (matches(ctx.get('if-none-match'), tag)) {
    ctx.status = 304
    return null
  }
  ctx.type = type
  const condition = ctx.get('if-range')
  const range = condition === undefined || condition === tag ? readRange(ctx.get('range'), bytes.length) : undefined
  if (range === 'unsatisfiable')
    return ctx.throw(416, undefined, { headers: { 'content-range': `bytes */${bytes.length}` } })
  ctx.status = range ? 206 : 200
  if (!range) return bytes
  ctx.set('content-range', `bytes ${range.start}-${range.end}/${bytes.length}`)
  return bytes.subarray(range.start, range.end + 1)
}

function matches(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false
  const tags = header.split(',').map((item) => item.trim().replace(/^W\//, ''))
  return tags.includes('*') || tags.includes(tag)
}

// What is not there in the folder is not there for the client: a name that is no name, dot files, ways up.
function nameOf(path: string, prefix: string): string | undefined {
  if (path !== prefix && !path.startsWith(`${prefix}/`)) return undefined
  const name = decode(path.slice(prefix.length).replace(/^\/+/, ''))
  if (name === undefined || /[\0\\:]/.test(name)) return undefined
  const isHidden = name.split('/').some((part) => part.startsWith('.') && part !== '.well-known')
  return isHidden ? undefined : name
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    // A broken escape names no file.
    return undefined
  }
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP'].includes(error.code ?? '')) return undefined
  throw error
}
