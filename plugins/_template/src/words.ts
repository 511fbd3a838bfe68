/** The provider's name, as in `provider.name` and under `overrides` and `resources`. */
export const NAME = 'template'

/** The platform's name, as messages call it. */
export const PLATFORM = 'the template platform'
