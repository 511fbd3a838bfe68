/** The ARN of something: of what product, what it is, and where that is not of the account and region. */
export type Arn = (of: string, rest: string, where?: string) => string

/** A statement of a policy. */
export function allow(Action: readonly string[], Resource: readonly string[], Condition?: object): object {
  return { Effect: 'Allow', Action, Resource, ...(Condition && { Condition }) }
}

/** The same, unless there is nothing that it would be about. */
export function allowSome(Action: readonly string[], Resource: readonly string[]): object[] {
  return Resource.length > 0 ? [allow(Action, [...new Set(Resource)])] : []
}
