const DEVELOPS = Symbol.for('anyfaas.develops')

/** From here on this process is one of `sls dev` or `sls invoke`, whose caller sees how a call failed. */
export function develop(): void {
  Object.assign(globalThis, { [DEVELOPS]: true })
}

/** Whether answers say how a call failed: what is deployed does so when its environment says that it is in development. */
export function tellsFailures({ NODE_ENV: named }: Readonly<Record<string, string | undefined>>): boolean {
  return (named ?? (Reflect.get(globalThis, DEVELOPS) === true ? 'development' : undefined)) === 'development'
}
