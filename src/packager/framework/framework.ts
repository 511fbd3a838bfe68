import { join } from 'node:path'
import type { Fn, FrameworkCode } from '@anyfaas/kit'
import type { HandlerFile } from '../code/handler-file.ts'
import { handlerMembers, type MemberFiles } from '../code/manifest.ts'

/** The generated module that functions of a framework start from. It exports all of them. */
export const FRAMEWORK_MODULE = 'sls_functions.cjs'

/** Where such a function starts from, in place of a file that exports it. */
export function frameworkFiles(name: string, serviceDir: string): MemberFiles {
  const module = { path: join(serviceDir, FRAMEWORK_MODULE), name: FRAMEWORK_MODULE }
  const handler: HandlerFile = { ...module, export: `functions.${name}` }
  return { handler, initializer: { ...module, export: 'initialize' } }
}

/** The framework of some functions; undefined when none of them is a method of a class. */
export function frameworkOf(functions: readonly Fn[]): FrameworkCode | undefined {
  return functions.flatMap(handlerMembers).find(({ code }) => code.framework)?.code.framework
}
