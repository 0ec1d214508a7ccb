import { setTimeout as sleep } from 'node:timers/promises';
import { secretReader, type SecretReader } from '../../config/notifications-secret.ts';
import type { GuardOf } from '../../contracts/kernel/breakers.ts';
import type { RefuseDestination } from '../../contracts/kernel/reach.ts';
import type {
  DeliveryPlan,
  DeliveryReport,
  Notification,
  PlannedDelivery,
} from '../../contracts/kernel/notifications.ts';
import { BreakerOpen } from '../breakers/breaker-open.ts';
import { unguarded } from '../breakers/unguarded.ts';
import { defaultLimits, type DeliveryAttempt, type AttemptLimits } from './attempt.ts';
import { deliverByEmail } from './deliver-email.ts';
import {
  deliverToPagerDuty,
  deliverToSlack,
  deliverToWebhook,
  type DeliveryTools,
} from './deliver-http.ts';
import { defaultRetryTimes, retryUndelivered, type RetryTimes } from './retry-undelivered.ts';

export interface NotifierOptions {
  /** The recipients and the text for each. */
  plan: (notification: Notification) => DeliveryPlan;
  /** Restricts the addresses to which notifications may be sent. */
  refuse: RefuseDestination;
  readSecret?: SecretReader;
  limits?: AttemptLimits;
  retryTimes?: RetryTimes;
  guardOf?: GuardOf;
}

export interface NotificationSender {
  /** Sends to all channels concurrently. Never rejects because of a channel. */
  notify(notification: Notification, signal?: AbortSignal): Promise<DeliveryReport[]>;
}

export function createNotificationSender({
  plan,
  refuse,
  readSecret = secretReader(),
  limits = defaultLimits,
  retryTimes = defaultRetryTimes,
  guardOf = () => unguarded,
}: NotifierOptions): NotificationSender {
  return {
    async notify(notification, signal) {
      const { deliveries, skipped } = plan(notification);
      const reports = await Promise.all(
        deliveries.map(async (planned): Promise<DeliveryReport> => {
          const guard = guardOf(`notify/${planned.channel.name}`);
          const { attempts, last } = await retryUndelivered(
            () => deliver(planned, { readSecret, limits, guard, refuse }),
            retryTimes,
            signal,
          );
          return { ...nameOf(planned), attempts, ...reported(last) };
        }),
      );
      return [...reports, ...skipped.map((skip) => ({ ...skip, result: 'skipped' as const }))];
    },
  };
}

async function deliver(planned: PlannedDelivery, tools: DeliveryTools): Promise<DeliveryAttempt> {
  const { connectMs, attemptMs } = tools.limits;
  const late = new AbortController();
  try {
    return await Promise.race([
      deliverTo(planned, tools),
      // An attempt has its own limit; reading its secrets, for example from a dead network share, has none.
      sleep(connectMs + attemptMs, outOfTime, { signal: late.signal }),
    ]);
  } catch (error) {
    if (error instanceof BreakerOpen) {
      return { result: 'not-delivered', reason: error.message, again: true };
    }
    // The error is unexpected, so its message could contain a secret.
    return { result: 'doubtful', reason: 'the delivery failed with an unexpected error' };
  } finally {
    late.abort();
  }
}

const outOfTime: DeliveryAttempt = {
  result: 'doubtful',
  reason: 'the delivery did not end within its time limit',
};

function deliverTo(planned: PlannedDelivery, tools: DeliveryTools): Promise<DeliveryAttempt> {
  switch (planned.kind) {
    case 'slack':
      return deliverToSlack(planned, tools);
    case 'email':
      return deliverByEmail(planned, tools);
    case 'pagerduty':
      return deliverToPagerDuty(planned, tools);
    case 'webhook':
      return deliverToWebhook(planned, tools);
  }
}

function nameOf({ kind, channel }: PlannedDelivery) {
  return { channel: channel.name, kind };
}

function reported(attempt: DeliveryAttempt) {
  return attempt.result === 'not-delivered'
    ? { result: attempt.result, reason: attempt.reason }
    : attempt;
}
