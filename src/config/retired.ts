/** Keys of older tools that have no portable meaning, and what to do instead. */
export const RETIRED_KEYS: Readonly<Record<string, string>> = {
  credentials: 'credentials come from the platform’s own environment variables and files; "profile" names one',
  serviceId: 'API gateways of that kind are no longer made; remove it',
  starter: 'the runtime is chosen by the platform; remove it',
  internetAccess: 'a platform’s own setting: put it under "overrides"',
  policies: 'a platform’s own setting: put it under "overrides"',
  nasConfig: 'a platform’s own setting: put it under "overrides"',
  tracingConfig: 'a platform’s own setting: put it under "overrides"',
  asyncConfiguration: 'say it per function under "async"',
  functionsRule: 'routes from folders are not read; name the functions under "functions"',
  codeUri: 'what goes into the artifact stands under "package"',
}
