import { isMap } from '@anyfaas/kit'
import { whyOf } from '../instances/failure-text.ts'
import { type Ask, type Found, find, type Reply, readBody } from './openfaas-ask.ts'

/** Of the most processes that a function may have, in percent: so many come with every alert. */
const STEP_PERCENT = 20

/**
 * Scales functions by what Alertmanager says of them: up by a step while an alert fires, back to the least when it is resolved.
 * https://docs.openfaas.com/architecture/autoscaling/ and https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 */
export async function scaleByAlerts({ platform, request }: Ask): Promise<Reply> {
  const { alerts } = await readBody(request)
  if (!Array.isArray(alerts)) return [400, 'the body is no webhook of Alertmanager: it has no "alerts"']
  const failures: string[] = []
  for (const { name, isFiring } of alerts.map(readAlert)) {
    const found = find(platform, name, null)
    const failure =
      'host' in found ? await scale(found, isFiring).then(() => undefined, whyOf) : String(found.reply?.[1])
    if (failure !== undefined) failures.push(failure)
  }
  // Alertmanager sends all of them again when the server is to blame, and those that were scaled would be once more.
  return failures.length > 0 ? [400, failures.join('; ')] : [200, '']
}

function readAlert(alert: unknown): { readonly name: string; readonly isFiring: boolean } {
  const { status, labels } = isMap(alert) ? alert : {}
  const name = isMap(labels) ? labels['function_name'] : undefined
  return { name: String(name ?? ''), isFiring: status === 'firing' }
}

async function scale({ deployed }: Found, isFiring: boolean): Promise<void> {
  const host = deployed.host()
  const { min, max } = host.limits
  const step = Math.ceil((max / 100) * STEP_PERCENT)
  await host.scale(isFiring ? Math.min(max, host.slots.length + step) : min)
}
