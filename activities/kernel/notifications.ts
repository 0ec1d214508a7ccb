import { Context } from '@temporalio/activity';
import type { Notifier } from '../../src/adapters/notify/create-notifier.ts';
import type { NotificationActivities } from '../../src/contracts/kernel/notifications.ts';

export function createNotificationActivities(notifier: Notifier): NotificationActivities {
  return {
    notify: (notification) => notifier.notify(notification, Context.current().cancellationSignal),
  };
}
