/** What every deploy needs besides Function Compute itself: to hand roles to functions and triggers, and to read logs and metrics. */
export const ROLES: readonly object[] = [
  { Effect: 'Allow', Action: ['ram:PassRole'], Resource: ['*'] },
  { Effect: 'Allow', Action: ['log:GetLogStoreLogs', 'cms:QueryMetricList'], Resource: ['*'] },
]
