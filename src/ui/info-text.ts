import type { Deployment } from '@anyfaas/kit'
import type { Style } from './style.ts'
import { drawTable } from './table.ts'
import { clean } from './width.ts'

/** A deployed service as a table: its address, then every function with its state and addresses. */
export function drawDeployment(deployment: Deployment, style: Style): string {
  const head = [clean(deployment.platform), ...(deployment.url ? [style.paint('cyan', deployment.url)] : [])].join('  ')
  const rows = deployment.functions.flatMap((fn) => {
    const urls = fn.urls.map(({ methods, url }) => `${methods.join(',') || 'ANY'} ${style.paint('cyan', url)}`)
    const [first = '', ...more] = [...urls, ...fn.notes.map((note) => style.paint('dim', clean(note)))]
    return [[style.paint('bold', clean(fn.name)), clean(fn.state), first], ...more.map((text) => ['', '', text])]
  })
  const open = deployment.open?.urls.map((url) => `  open to others: ${style.paint('cyan', url)}`) ?? []
  const token = deployment.open ? [`  with the token in ${clean(deployment.open.tokenFile)}`] : []
  return `${[head, ...open, ...token, ...drawTable(rows, { indent: '  ' })].join('\n')}\n`
}
