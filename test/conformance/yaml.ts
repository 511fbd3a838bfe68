/** JSON is YAML: the service file of a test needs no more. */
export function stringify(value: unknown): string {
  return JSON.stringify(value, undefined, 2)
}
