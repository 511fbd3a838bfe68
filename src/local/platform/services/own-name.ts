/** The name of a function without the service and the stage behind it: `NAME` of `NAME.SERVICE.STAGE`. */
export function ownName(name: string, place: string): string {
  return name.endsWith(`.${place}`) ? name.slice(0, -place.length - 1) : name
}
