/** What every deploy needs besides Function Compute itself: to hand roles to functions and triggers, log stores, and metrics. */
export const BESIDES: readonly object[] = [
  { Effect: 'Allow', Action: ['ram:PassRole'], Resource: ['*'] },
  {
    Effect: 'Allow',
    Action: [
      ...['log:GetLogStore', 'log:GetIndex', 'log:GetLogStoreLogs'],
      ...['log:CreateProject', 'log:CreateLogStore', 'log:CreateIndex'],
    ],
    Resource: ['*'],
  },
  { Effect: 'Allow', Action: ['cms:QueryMetricList'], Resource: ['*'] },
]
