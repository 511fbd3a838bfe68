/** The framework's packages. */
export const FRAMEWORK = '@midwayjs/faas'
/** What it reads requests with. */
export const PARSER = '@midwayjs/serverless-http-parser'

/** Packages that bring the parser along, in the versions that do. */
export const OWNERS = [
  FRAMEWORK,
  '@midwayjs/serverless-fc-starter',
  '@midwayjs/serverless-scf-starter',
  '@midwayjs/bootstrap',
] as const
