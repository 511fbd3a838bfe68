import { refused } from '@anyfaas/kit'

/** What the platform knows by its own kind of ARN: `acs:ram::123:role/x`. */
export function acsName(what: string, form: string): (text: string) => unknown {
  return (text) => (text.startsWith('acs:') ? text : refused(`"${text}" is not ${what}`, form))
}

/** The layers of a function by their ARNs. */
export function layerNames(layers: readonly string[]): unknown {
  const other = layers.find((layer) => !layer.startsWith('acs:'))
  if (other !== undefined)
    return refused(`"${other}" is not the ARN of a layer`, 'acs:fc:REGION:ACCOUNT:layers/NAME/versions/1')
  return layers.length > 5 ? refused('a function has at most 5 layers') : layers
}

export const roleName = acsName('the ARN of a role', 'acs:ram::ACCOUNT:role/NAME')

export const destinationName = acsName(
  'the ARN of a function, a queue, a topic or a bus',
  'acs:fc:REGION:ACCOUNT:functions/NAME',
)
