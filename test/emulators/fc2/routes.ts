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
  pattern: new RegExp(`^/2016-08-15${path.replaceAll('*', '([^/]+)')}$`),
  ...(model !== undefined && { model }),
})

const FN = '/services/*/functions/*'

// https://www.alibabacloud.com/help/en/functioncompute/fc-2-0/developer-reference/api-fc-2016-08-15-overview
export const ROUTES: readonly Route[] = [
  route('ListServices', 'GET', '/services'),
  route('CreateService', 'POST', '/services', 'CreateServiceRequest'),
  route('GetService', 'GET', '/services/*'),
  route('UpdateService', 'PUT', '/services/*', 'UpdateServiceRequest'),
  route('DeleteService', 'DELETE', '/services/*'),
  route('ListFunctions', 'GET', '/services/*/functions'),
  route('CreateFunction', 'POST', '/services/*/functions', 'CreateFunctionRequest'),
  route('GetFunction', 'GET', FN),
  route('UpdateFunction', 'PUT', FN, 'UpdateFunctionRequest'),
  route('DeleteFunction', 'DELETE', FN),
  route('ListTriggers', 'GET', `${FN}/triggers`),
  route('CreateTrigger', 'POST', `${FN}/triggers`, 'CreateTriggerRequest'),
  route('GetTrigger', 'GET', `${FN}/triggers/*`),
  route('UpdateTrigger', 'PUT', `${FN}/triggers/*`, 'UpdateTriggerRequest'),
  route('DeleteTrigger', 'DELETE', `${FN}/triggers/*`),
  route('GetFunctionAsyncInvokeConfig', 'GET', `${FN}/async-invoke-config`),
  route('PutFunctionAsyncInvokeConfig', 'PUT', `${FN}/async-invoke-config`, 'PutFunctionAsyncInvokeConfigRequest'),
  route('DeleteFunctionAsyncInvokeConfig', 'DELETE', `${FN}/async-invoke-config`),
  route('InvokeFunction', 'POST', `${FN}/invocations`),
  route('ListServiceVersions', 'GET', '/services/*/versions'),
  route('PublishServiceVersion', 'POST', '/services/*/versions', 'PublishServiceVersionRequest'),
  route('DeleteServiceVersion', 'DELETE', '/services/*/versions/*'),
  route('ListAliases', 'GET', '/services/*/aliases'),
  route('CreateAlias', 'POST', '/services/*/aliases', 'CreateAliasRequest'),
  route('UpdateAlias', 'PUT', '/services/*/aliases/*', 'UpdateAliasRequest'),
  route('DeleteAlias', 'DELETE', '/services/*/aliases/*'),
  route('ListCustomDomains', 'GET', '/custom-domains'),
  route('CreateCustomDomain', 'POST', '/custom-domains', 'CreateCustomDomainRequest'),
  route('GetCustomDomain', 'GET', '/custom-domains/*'),
  route('UpdateCustomDomain', 'PUT', '/custom-domains/*', 'UpdateCustomDomainRequest'),
  route('DeleteCustomDomain', 'DELETE', '/custom-domains/*'),
  route('GetTempBucketToken', 'GET', '/tempBucketToken'),
  ...['GET', 'POST', 'PUT', 'DELETE', 'HEAD'].map((method) => ({
    action: 'InvokeHttpTrigger',
    method,
    pattern: /^\/2016-08-15\/proxy\/([^/]+)\/([^/]+)\//,
  })),
]
