export { type WebhookData, WebhookEvent } from './event.ts'
export { WebhookError, type WebhookFailure } from './failure.ts'
export {
  type ReceiverOptions,
  type Reception,
  receiveWebhook,
  type SeenIds,
  type WebhookRequest,
} from './receive.ts'
export { type WebhookOptions, webhook } from './webhook.ts'
