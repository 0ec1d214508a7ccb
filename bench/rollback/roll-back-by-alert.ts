import { randomUUID } from 'node:crypto';
import type { temporal } from '@temporalio/proto';
import type { ServiceRef } from '../../src/contracts/rollouts/platform.ts';
import type { RolloutReport } from '../../src/contracts/rollouts/report.ts';
import type { Load } from '../../scripts/load/load-client.ts';
import { timestampMs } from '../measures/timestamp-ms.ts';
import { until } from '../measures/until.ts';
import type { MeasuredGateway, MeasuredSystem } from '../system/measured-system.ts';
import { shop, startCanary } from '../system/services.ts';
import { notificationOf } from './notification.ts';
import { sendWebhook } from './send-webhook.ts';

type History = temporal.api.history.v1.IHistory;

/** In milliseconds since the webhook was sent. */
export interface AlertedRollback {
  /** The gateway answered: the alert is durable. */
  answeredMs: number;
  /** The platform confirmed that stable has all traffic. */
  weightZeroMs: number;
  /** The canary's last response; 0 if that was before the webhook. */
  lastAnswerMs: number;
  /** The rollout ended: canary removed, report written. */
  endedMs: number;
}

const weight = 50;
/** Enough responses to be sure that the canary is under load. */
const answersBefore = 50;

/** Holds one more canary of a service under load, sends an alert that names its Deployment, and measures the result. */
export async function rollBackByAlert(
  system: MeasuredSystem,
  gateway: MeasuredGateway,
  { ref, load, version }: { ref: ServiceRef; load: Load; version: string },
): Promise<AlertedRollback> {
  const stages = [{ weight, hold: '6h' }];
  const id = await startCanary(system, ref, { release: shop(version), stages });
  await until(`${version} is under load`, async () => {
    return (load.counts.byVersion[version] ?? 0) >= answersBefore;
  });

  const labels = { deployment: ref.service, namespace: ref.environment };
  const fingerprint = randomUUID();
  const sentAtMs = Date.now();
  const body = notificationOf([{ fingerprint, startsAtMs: sentAtMs, labels }]);
  const { status } = await sendWebhook(gateway, { method: 'POST', path: '/v1/alerts', body });
  const answeredMs = Date.now() - sentAtMs;
  if (status !== 200) throw new Error(`the gateway answered ${status}`);
  const handle = system.client.workflow.getHandle(id);
  const { outcome, reason } = (await handle.result()) as RolloutReport;
  const endedMs = Date.now() - sentAtMs;
  if (outcome !== 'RolledBack') throw new Error(`${version} ended as ${outcome}: ${reason}`);
  const weightZeroMs = restoredAtMs(await handle.fetchHistory()) - sentAtMs;
  const lastAnswerAtMs = load.counts.lastAnswerAtMs[version] ?? sentAtMs;
  return {
    ...{ answeredMs, weightZeroMs, endedMs },
    lastAnswerMs: Math.max(0, lastAnswerAtMs - sentAtMs),
  };
}

/** When the act that routes all traffic to stable was complete, by the clock of the same machine's server. */
function restoredAtMs({ events }: History): number {
  const scheduled = events?.findLast(
    (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'restoreStable',
  );
  const completed = events?.find(
    ({ activityTaskCompletedEventAttributes: done }) =>
      done !== null && String(done?.scheduledEventId) === String(scheduled?.eventId),
  );
  if (completed === undefined) throw new Error('no traffic was routed back to stable');
  return timestampMs(completed.eventTime);
}
