import { httpTriggersOf, type Service } from '@anyfaas/kit'

/** Triggers are listed function by function, so those that cannot have an address are left out. */
export function mayHaveUrl({ functions }: Pick<Service, 'functions'>, name: string): boolean {
  const fn = functions.find((one) => one.name === name)
  return !fn || httpTriggersOf(fn).length > 0
}
