import { type Diagnostic, warning } from '@anyfaas/kit'
import { checkAggregates, checkDomain } from './rules/aggregates.ts'
import { checkFunctions } from './rules/functions.ts'
import { checkMembers } from './rules/members.ts'
import { functionsOf } from './rules/outline.ts'
import { checkRoutes } from './rules/routes.ts'
import { checkUnused } from './rules/unused.ts'
import type { Tree } from './tree.ts'

/** What a schema cannot say: names that have to exist, and things that exclude or need each other. */
export function checkRules(root: Tree): readonly Diagnostic[] {
  return [
    ...checkFunctions(root),
    ...checkAggregates(root),
    ...checkMembers(root),
    ...checkRoutes(root),
    ...checkDomain(root),
    ...checkUnused(root),
    ...checkEmpty(root),
  ]
}

function checkEmpty(root: Tree): Diagnostic[] {
  if (functionsOf(root).length > 0 || (root['deployType'] ?? undefined) !== undefined) return []
  const help = ['functions: { hello: { handler: hello.handler, events: [http] } }']
  const pointer = 'functions' in root ? '/functions' : ''
  return [warning('SLS1046', 'the file has no functions', { pointer, on: 'key', help })]
}
