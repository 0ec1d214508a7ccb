import {
  createNotificationSender,
  type NotificationSender,
} from '../src/adapters/notify/create-notification-sender.ts';
import type { Config } from '../src/config/config.ts';
import { loadNotifications } from '../src/config/notifications-file.ts';
import type { GuardOf } from '../src/contracts/kernel/breakers.ts';
import { judgeReceiver } from '../src/policies/kernel/network/judge-destination.ts';
import { planDeliveries } from '../src/policies/kernel/notifications/plan-deliveries.ts';
import { noNotifications } from '../src/specs/kernel/notifications.ts';

/** Whom the worker's settings say to tell; nobody where there are none. Throws InvalidNotifications. */
export async function openNotifier(
  { notifications }: Config,
  guardOf: GuardOf,
): Promise<NotificationSender> {
  const settings =
    notifications === undefined ? noNotifications : await loadNotifications(notifications);
  return createNotificationSender({
    plan: (notification) => planDeliveries(settings, notification),
    refuse: judgeReceiver,
    guardOf,
  });
}
