import { createNotifier, type Notifier } from '../src/adapters/notify/create-notifier.ts';
import type { Config } from '../src/config/config.ts';
import { loadNotifications } from '../src/config/notifications-file.ts';
import type { GuardOf } from '../src/contracts/kernel/breakers.ts';
import { judgeReceiver } from '../src/policies/kernel/network/judge-destination.ts';
import { planDeliveries } from '../src/policies/kernel/notifications/plan-deliveries.ts';
import { nobodyTold } from '../src/specs/kernel/notifications.ts';

/** Whom the worker's settings say to tell; nobody where there are none. Throws InvalidNotifications. */
export async function openNotifier({ notifications }: Config, guardOf: GuardOf): Promise<Notifier> {
  const settings =
    notifications === undefined ? nobodyTold : await loadNotifications(notifications);
  return createNotifier({
    plan: (notification) => planDeliveries(settings, notification),
    refuse: judgeReceiver,
    guardOf,
  });
}
