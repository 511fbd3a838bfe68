/**
 * What Node.js is given for the platform's process. With young memory of 2 MB in place of 16 a collection of it takes a third of a millisecond in
 * place of three, during which nobody is answered, and all of them together take no longer.
 */
export const PLATFORM_FLAGS: readonly string[] = ['--max-semi-space-size=2']
