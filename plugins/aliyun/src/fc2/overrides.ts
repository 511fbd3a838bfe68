import { type Diagnostic, type Service, triggersOf } from '@anyfaas/kit'
import { shapes as other } from '../fc3/shapes.gen.ts'
import { checkRaw as check, functionsIn, mapIn, type Raw, TRIGGER } from '../overrides.ts'
import { functionName, serviceName } from './names.ts'
import { shapes } from './shapes.gen.ts'
import { triggers } from './triggers.ts'

/** Raw settings in the words of Aliyun::Serverless-2018-04-03, held against the schema of its own tool. */
export function checkRaw(service: Service): readonly Diagnostic[] {
  const whole = service.overrides['aliyun']
  const path = ['Resources', serviceName(service)]
  const own: Raw = {
    ...mapIn(whole, [...path, 'Properties'], '/overrides/aliyun'),
    shape: shapes['service'],
    name: 'Aliyun::Serverless::Service',
  }
  const functions = service.functions.map((fn) => ({
    ...mapIn(whole, [...path, functionName(fn), 'Properties'], '/overrides/aliyun'),
    shape: shapes['function'],
    name: FUNCTION,
  }))
  return [
    ...check(
      [
        ...functionsIn(service).map((one) => ({
          ...one,
          shape: shapes['function'],
          name: FUNCTION,
          others: other['function'],
        })),
        ...triggersIn(service),
      ],
      '2.0',
    ),
    ...check([own, ...functions], '2.0'),
  ]
}

const FUNCTION = 'Aliyun::Serverless::Function'

function triggersIn(service: Service): Raw[] {
  return service.functions.flatMap((fn) =>
    triggersOf(fn).map(({ trigger }) => {
      const row = triggers[trigger.kind]
      const type = 'type' in row ? row.type : ''
      return {
        given: trigger.overrides?.['aliyun'],
        shape: shapes[`trigger ${type}`],
        others: TRIGGER,
        pointer: `${trigger.at}/overrides/aliyun`,
        name: `an event of type ${type}`,
      }
    }),
  )
}
