import { randomUUID } from 'node:crypto';
import { createNotificationSender } from '../../adapters/notify/create-notification-sender.ts';
import type { DeliveryReport } from '../../contracts/kernel/notifications.ts';
import { judgeReceiver } from '../../policies/kernel/network/judge-destination.ts';
import { planDeliveries } from '../../policies/kernel/notifications/plan-deliveries.ts';
import { trialNotification, type Trial } from '../../policies/kernel/notifications/trial.ts';

export type Tried = Exclude<DeliveryReport, { result: 'skipped' }> & { what: 'sent' | 'resolved' };

/**
 * Sends one notification, without a second try, and closes in PagerDuty what it opened there.
 * A channel that fails is a report, too.
 */
export async function tryChannels(
  { settings, chosen }: Extract<Trial, { ok: true }>,
  by: string,
): Promise<Tried[]> {
  const id = `trial-${randomUUID()}`;
  const retryTimes = { delaysMs: [], budgetMs: 0 };
  const notify = async (what: Tried['what'], to: readonly string[]): Promise<Tried[]> => {
    const routes = settings.routes.map((route) => ({ ...route, to: [...to] }));
    const plan = (notification: Parameters<typeof planDeliveries>[1]) =>
      planDeliveries({ channels: settings.channels, routes }, notification);
    const event = what === 'sent' ? 'started' : 'succeeded';
    const notification = trialNotification(event, { id, by, atMs: Date.now() });
    const reports = await createNotificationSender({
      plan,
      retryTimes,
      refuse: judgeReceiver,
    }).notify(notification);
    return reports.flatMap((report) => (report.result === 'skipped' ? [] : [{ ...report, what }]));
  };
  const sent = await notify(
    'sent',
    chosen.map(({ name }) => name),
  );
  const opened = sent.filter(
    ({ kind, result }) => kind === 'pagerduty' && result !== 'not-delivered',
  );
  if (opened.length === 0) return sent;
  return [
    ...sent,
    ...(await notify(
      'resolved',
      opened.map(({ channel }) => channel),
    )),
  ];
}
