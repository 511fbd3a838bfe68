import { checkPart, type Diagnostic, type Service, triggersOf } from '@anyfaas/kit'
import { shapes as other } from '../fc2/shapes.gen.ts'
import { triggers as otherTriggers } from '../fc2/triggers.ts'
import { checkRaw as check, functionsIn, mapIn, type Raw, TRIGGER } from '../overrides.ts'
import { shapes } from './shapes.gen.ts'
import { triggers } from './triggers.ts'

/** Raw settings in the words of the component fc3, held against its schema and that of the API. */
export function checkRaw(service: Service): readonly Diagnostic[] {
  const { given: resources = {}, pointer } = mapIn(service.overrides['aliyun'], ['resources'], '/overrides/aliyun')
  const names = service.functions.map(({ name }) => name)
  const known = [...names, 'custom-domain', ...Object.keys((service.resources['aliyun'] as object | undefined) ?? {})]
  const component = (name: string): Raw => {
    const { given, pointer: at } = mapIn(resources, [name, 'props'], pointer)
    return { given, shape: names.includes(name) ? FUNCTION : undefined, pointer: at, name: 'a component fc3' }
  }
  return [
    ...check(
      [
        ...functionsIn(service).map((one) => ({
          ...one,
          shape: FUNCTION,
          name: 'a component fc3',
          others: other['function'],
        })),
        ...triggersIn(service),
      ],
      '3.0',
    ),
    ...check(Object.keys(resources).map(component), '3.0'),
    ...Object.entries(resources)
      .filter(([name, one]) => !known.includes(name) && !Object.hasOwn(Object(one), 'component'))
      .map(([name]) => checkPart(name, known, { pointer: `${pointer}/${name}`, name: 'the service' })),
  ]
}

// Triggers are named as in the file of the component.
const FUNCTION = { ...(shapes['function'] as Record<string, string>), triggers: '*' }

function triggersIn(service: Service): Raw[] {
  return service.functions.flatMap((fn) =>
    triggersOf(fn).flatMap(({ trigger }) => {
      const given = trigger.overrides?.['aliyun']
      if (given === undefined) return []
      const row = triggers[trigger.kind]
      const old = otherTriggers[trigger.kind]
      const config = 'type' in row ? shapes[`trigger ${row.type}`] : undefined
      return {
        given,
        shape: config && { ...TRIGGER, triggerConfig: config },
        ...('type' in old && { others: other[`trigger ${old.type}`] }),
        pointer: `${trigger.at}/overrides/aliyun`,
        name: `a trigger of ${fn.name}`,
      }
    }),
  )
}
