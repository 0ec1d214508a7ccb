import { Context } from '@temporalio/activity';
import type { NotificationSender } from '../../src/adapters/notify/create-notification-sender.ts';
import type { NotificationActivities } from '../../src/contracts/kernel/notifications.ts';

export function createNotificationActivities(notifier: NotificationSender): NotificationActivities {
  return {
    notify: (notification) => notifier.notify(notification, Context.current().cancellationSignal),
  };
}
