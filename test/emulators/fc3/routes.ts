/** A call of the API: how it is recognized, and the vendor's model of its body. */
export interface Route {
  readonly action: string
  readonly method: string
  readonly pattern: RegExp
  readonly model?: string
}

const route = (action: string, method: string, path: string, model?: string): Route => ({
  action,
  method,
  pattern: new RegExp(`^/2023-03-30${path.replaceAll('*', '([^/]+)')}$`),
  ...(model !== undefined && { model }),
})

// https://api.aliyun.com/document/FC/2023-03-30/overview
export const ROUTES: readonly Route[] = [
  route('ListFunctions', 'GET', '/functions'),
  route('CreateFunction', 'POST', '/functions', 'CreateFunctionInput'),
  route('GetFunction', 'GET', '/functions/*'),
  route('UpdateFunction', 'PUT', '/functions/*', 'UpdateFunctionInput'),
  route('DeleteFunction', 'DELETE', '/functions/*'),
  route('ListTriggers', 'GET', '/functions/*/triggers'),
  route('CreateTrigger', 'POST', '/functions/*/triggers', 'CreateTriggerInput'),
  route('GetTrigger', 'GET', '/functions/*/triggers/*'),
  route('UpdateTrigger', 'PUT', '/functions/*/triggers/*', 'UpdateTriggerInput'),
  route('DeleteTrigger', 'DELETE', '/functions/*/triggers/*'),
  route('ListAsyncInvokeConfigs', 'GET', '/async-invoke-configs'),
  route('PutAsyncInvokeConfig', 'PUT', '/functions/*/async-invoke-config', 'PutAsyncInvokeConfigInput'),
  route('DeleteAsyncInvokeConfig', 'DELETE', '/functions/*/async-invoke-config'),
  route('ListConcurrencyConfigs', 'GET', '/concurrency-configs'),
  route('PutConcurrencyConfig', 'PUT', '/functions/*/concurrency', 'PutConcurrencyInput'),
  route('DeleteConcurrencyConfig', 'DELETE', '/functions/*/concurrency'),
  route('ListScalingConfigs', 'GET', '/scaling-configs'),
  route('PutScalingConfig', 'PUT', '/functions/*/scaling-config', 'PutScalingConfigInput'),
  route('DeleteScalingConfig', 'DELETE', '/functions/*/scaling-config'),
  route('ListCustomDomains', 'GET', '/custom-domains'),
  route('CreateCustomDomain', 'POST', '/custom-domains', 'CreateCustomDomainInput'),
  route('GetCustomDomain', 'GET', '/custom-domains/*'),
  route('UpdateCustomDomain', 'PUT', '/custom-domains/*', 'UpdateCustomDomainInput'),
  route('DeleteCustomDomain', 'DELETE', '/custom-domains/*'),
  route('InvokeFunction', 'POST', '/functions/*/invocations'),
  route('ListFunctionVersions', 'GET', '/functions/*/versions'),
  route('DeleteFunctionVersion', 'DELETE', '/functions/*/versions/*'),
  route('PublishFunctionVersion', 'POST', '/functions/*/versions', 'PublishVersionInput'),
  route('ListAliases', 'GET', '/functions/*/aliases'),
  route('CreateAlias', 'POST', '/functions/*/aliases', 'CreateAliasInput'),
  route('UpdateAlias', 'PUT', '/functions/*/aliases/*', 'UpdateAliasInput'),
  route('DeleteAlias', 'DELETE', '/functions/*/aliases/*'),
  route('TagResources', 'POST', '/tags-v2', 'TagResourcesInput'),
  route('UntagResources', 'DELETE', '/tags-v2'),
]
