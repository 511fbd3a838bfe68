export {
  GetSubscriptionAttributesCommand,
  ListSubscriptionsByTopicCommand,
  SetSubscriptionAttributesCommand,
  SNSClient as Client,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns'
