import {
  environmentOf,
  type Fn,
  type HandlerCode,
  type HttpTrigger,
  httpTriggersOf,
  membersOf,
  type Service,
  streamsUrl,
  type Trigger,
  triggersOf,
} from '@anyfaas/kit'
import type { Manifest, Member, Route } from '@anyfaas/runtime'
import type { HandlerFile } from './handler-file.ts'

/** The modules of one member. */
export interface MemberFiles {
  readonly handler: HandlerFile
  /** Absent when the member has none. It may be the handler's file. */
  readonly initializer?: HandlerFile
}

/** Member -> its modules. */
export type FilesOf = Readonly<Record<string, MemberFiles>>

/**
 * What the runtime has to know about a deployed function. Pure: handlers are read as words, `api.detail.handler` as
 * the export `detail.handler` of `api`, unless `files` says what is on the disk.
 */
export function manifestOf(service: Service, fn: Fn, providerName: string, files: FilesOf = {}): Manifest {
  return {
    service: service.name,
    stage: service.stage,
    provider: providerName,
    function: fn.name,
    ...(streamsUrl(fn) && { streaming: true as const }),
    members: [...appMembers(fn), ...handlerMembers(fn)].map((member) => memberOf(fn, member, files[member.name])),
  }
}

/** A member that is a handler; an application or a server of its own has no manifest. */
export interface HandlerMember extends Fn {
  readonly code: HandlerCode
}

export function handlerMembers(fn: Fn): readonly HandlerMember[] {
  return membersOf(fn).filter((member): member is HandlerMember => member.code.kind === 'handler')
}

// A web application is called through the handler of what hosts it.
function appMembers(fn: Fn): readonly HandlerMember[] {
  return fn.code.kind === 'app' ? [{ ...fn, code: HOSTED }] : []
}

const HOSTED: HandlerCode = { kind: 'handler', handler: 'app.handler', signature: 'context' }

function memberOf(fn: Fn, member: HandlerMember, files: MemberFiles | undefined): Member {
  const { code } = member
  const words = wordsOf(code.handler)
  const initTimeoutSec = fn.initTimeoutSec ?? member.initTimeoutSec
  const environment = environmentOf(fn).renames[member.name]
  const outputs = [...new Set([...member.outputs, ...fn.outputs].map(({ name }) => name))]
  return {
    name: member.name,
    handler: files?.handler.export ?? words.exported,
    file: files?.handler.name ?? words.file,
    ...initializerOf(code, files),
    signature: code.signature,
    routes: routesTo(fn, member)
      .filter(({ enabled }) => enabled)
      .map(routeOf),
    triggers: triggersOf(fn)
      .filter(({ trigger, member: name }) => name === member.name && trigger.kind !== 'http')
      .map(({ name, trigger }) => ({ kind: trigger.kind, name, ...sourceOf(trigger) })),
    ...(outputs.length > 0 && { outputs }),
    // The platform stops the deployed function, so an aggregate's limit is that of its members.
    timeoutSec: fn.timeoutSec,
    ...(initTimeoutSec !== undefined && { initTimeoutSec }),
    ...(environment && { environment }),
  }
}

// Events of most services name what they come from, and not the trigger.
function sourceOf(trigger: Trigger): { readonly source?: string } {
  if (trigger.kind === 'os') return { source: trigger.bucket }
  if (trigger.kind === 'mq' || trigger.kind === 'mqtt') return { source: trigger.topic }
  if (trigger.kind === 'queue') return { source: trigger.queue }
  if (trigger.kind === 'kafka') return trigger.topics[0] === undefined ? {} : { source: trigger.topics[0] }
  if (trigger.kind === 'table') return { source: trigger.table }
  if (trigger.kind === 'stream') return { source: trigger.stream }
  if (trigger.kind === 'log') return { source: trigger.source }
  return {}
}

// A framework's own start is its functions' initializer.
function initializerOf({ initializer }: HandlerCode, files: MemberFiles | undefined): { initializer?: string } {
  if (files?.initializer) return { initializer: files.initializer.export }
  return initializer === undefined ? {} : { initializer: wordsOf(initializer).exported }
}

function routesTo(fn: Fn, member: Fn): readonly HttpTrigger[] {
  if (fn.code.kind !== 'aggregate') return httpTriggersOf(fn).map(({ trigger }) => trigger)
  return member.triggers.filter((trigger): trigger is HttpTrigger => trigger.kind === 'http')
}

function routeOf({ path, methods, cors }: HttpTrigger): Route {
  return { path, methods, ...(cors && { cors }) }
}

function wordsOf(handler: string): { file: string; exported: string } {
  const dot = handler.indexOf('.', handler.lastIndexOf('/') + 1)
  return dot < 0
    ? { file: handler, exported: 'handler' }
    : { file: handler.slice(0, dot), exported: handler.slice(dot + 1) }
}
