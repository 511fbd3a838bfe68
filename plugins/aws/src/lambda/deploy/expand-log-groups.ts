import { type Diagnostic, fillPlaceholders, isMap, marksOf, type Resource, type Service, type Tree } from '@anyfaas/kit'
import { fragment } from '../render.ts'
import { cannot } from './cannot.ts'
import { logGroupId } from './log-group-kind.ts'
import type { Place } from './site.ts'

/** The log groups of `resources.aws`: all of CloudFormation's things that a deploy makes itself. */
export function expandLogGroups(
  service: Service,
  place: Place,
): { readonly logGroups: readonly Resource<Tree>[]; readonly problems: Diagnostic[] } {
  const { Resources = {}, ...sections } = fragment(service.resources['aws'])
  const all = Object.entries(isMap(Resources) ? Resources : {}) as [string, Tree][]
  const isGroup = ([, { Type }]: [string, Tree]): boolean => Type === 'AWS::Logs::LogGroup'
  const problems = [
    ...Object.keys(sections).map((key) => cannot(`resources.aws.${key}`, '/resources/aws')),
    ...all.filter((one) => !isGroup(one)).map(([key, { Type }]) => cannot(`the ${Type} ${key}`, '/resources/aws')),
    ...all.filter(isGroup).flatMap(([key, group]) => unknownIn(key, group)),
  ]
  const logGroups = all.filter(isGroup).map(([, { Properties }]): Resource<Tree> => {
    const { LogGroupName, RetentionInDays = 0, KmsKeyId = '', Tags } = (Properties ?? {}) as Tree
    const own = Object.fromEntries(
      ((Tags ?? []) as { Key: string; Value: string }[]).map((tag) => [tag.Key, tag.Value]),
    )
    const spec = { LogGroupName, RetentionInDays, KmsKeyId, Tags: { ...own, ...marksOf(service) } }
    return { id: logGroupId(String(LogGroupName)), type: 'aws:log-group', spec, at: '/resources/aws' }
  })
  return { logGroups: fillPlaceholders(logGroups, { ...place }) as readonly Resource<Tree>[], problems }
}

function unknownIn(key: string, { Properties, ...rest }: Tree): Diagnostic[] {
  const given = (Properties ?? {}) as Tree
  const strange = [
    ...Object.keys(rest).filter((word) => word !== 'Type'),
    ...Object.keys(given).filter((word) => !KNOWN.has(word)),
  ]
  const computed = Object.entries(given).filter(([word, value]) => word !== 'Tags' && isMap(value))
  return [
    ...strange.map((word) => cannot(`"${word}" of the log group ${key}`, '/resources/aws')),
    ...computed.map(([word]) => cannot(`a computed "${word}" of the log group ${key}`, '/resources/aws')),
    ...(given['LogGroupName'] === undefined
      ? [cannot(`the log group ${key} without a LogGroupName`, '/resources/aws')]
      : []),
  ]
}

const KNOWN = new Set(['LogGroupName', 'RetentionInDays', 'KmsKeyId', 'Tags'])
