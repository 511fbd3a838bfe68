import { adjusted, type Fn, noted, refused } from '@anyfaas/kit'
import { isServer } from './server.ts'

// What both editions of the platform take, and how; where it goes stands in the tables of each.

export const DESCRIPTION = {
  takes: '256 characters',
  as: (text: string): unknown =>
    text.length > 256 ? adjusted(text.slice(0, 256), 'a description has at most 256 characters') : text,
} as const

export const INIT_TIMEOUT = {
  range: { min: 1, max: 300 },
  as: (seconds: number, fn: Fn): unknown =>
    fn.code.kind === 'handler' && !fn.code.initializer
      ? noted(undefined, 'it limits an initializer, and there is none')
      : seconds,
} as const

export const INSTANCE_CONCURRENCY = {
  takes: 'more than 1 with runtime custom or container only',
  as: (count: number, _: unknown, root: unknown): unknown =>
    count === 1 || isServer(root as Fn)
      ? count
      : refused('a managed runtime takes one request at a time', 'leave it out, or use runtime: custom'),
} as const

export const ONE_TAG = {
  takes: 'one tag of at most 16 characters',
  as: (tags: readonly string[]): unknown =>
    tags.length > 1 || (tags[0] ?? '').length > 16
      ? refused('a trigger has one tag of at most 16 characters', 'make a trigger for each tag')
      : tags[0],
} as const

export const ONE_EVENT = {
  takes: 'one event',
  as: (events: readonly string[]): unknown =>
    events.length === 1 ? events[0] : refused('a trigger has one event', 'make a trigger for each event'),
} as const

export const NOTIFY_FORMAT = {
  takes: 'JSON or STREAM',
  as: (format: string): unknown =>
    /^(json|stream)$/i.test(format) ? format.toUpperCase() : refused(`"${format}" is not JSON or STREAM`),
} as const

export const NOTIFY_RETRY = {
  takes: 'BACKOFF_RETRY or EXPONENTIAL_DECAY_RETRY',
  as: (retry: string): unknown =>
    /^(BACKOFF|EXPONENTIAL_DECAY)_RETRY$/.test(retry)
      ? retry
      : refused(`"${retry}" is not BACKOFF_RETRY or EXPONENTIAL_DECAY_RETRY`),
} as const
