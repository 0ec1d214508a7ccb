import {
  CancellationScope,
  condition,
  isCancellation,
  patched,
  proxyActivities,
  rootCause,
  sleep,
} from '@temporalio/workflow';
import {
  longestNotifyMs,
  type DeliveryReport,
  type NotificationActivities,
} from '../../src/contracts/kernel/notifications.ts';
import type { NotificationEvent } from '../../src/kinds/notification-events.ts';
import { composeNotification } from '../../src/policies/rollouts/notifications/compose-notification.ts';
import type { RolloutStatus } from '../../src/contracts/rollouts/status.ts';

const { notify } = proxyActivities<NotificationActivities>({
  startToCloseTimeout: longestNotifyMs + 10_000,
  scheduleToCloseTimeout: '10 min',
  retry: { maximumAttempts: 1 },
  summary: 'send notifications',
});

/** A channel that does not respond must not delay the service's next rollout. */
const longestClosingMs = 10_000;

const reminderEveryMs = 24 * 60 * 60_000;

/** The content of a notification, and where a failed delivery is noted. */
interface NotifiedRun {
  readonly status: RolloutStatus;
  readonly notes: string[];
}

/** Sends notifications during a rollout; failed deliveries become notes of the report. */
export class Notifier {
  private readonly rollout: NotifiedRun;
  private readonly told = new Map<string, number>();
  private open = 0;
  private reminding: CancellationScope | undefined;

  constructor(rollout: NotifiedRun) {
    this.rollout = rollout;
  }

  /** Sends the event again once a day until the rollout goes on, whoever cancels the workflow. */
  remindDaily(event: NotificationEvent): void {
    if (!patched('daily-reminders')) return;
    const waitingSinceMs = Date.now();
    void CancellationScope.nonCancellable(() => {
      const scope = new CancellationScope();
      this.reminding = scope;
      return scope.run(async () => {
        for (;;) {
          await sleep(reminderEveryMs, { summary: 'until the next reminder' });
          this.tell(event, waitingSinceMs);
        }
      });
    }).catch((error: unknown) => {
      if (!isCancellation(error)) throw error;
    });
  }

  stopReminding(): void {
    this.reminding?.cancel();
    this.reminding = undefined;
  }

  tell(event: NotificationEvent, waitingSinceMs?: number): void {
    const { status, notes } = this.rollout;
    const at = `${event} ${status.stages.findLastIndex(({ enteredAtMs }) => enteredAtMs !== undefined)}`;
    const occurrence = (this.told.get(at) ?? 0) + 1;
    this.told.set(at, occurrence);
    if (event === 'stage' && occurrence > 1) return;
    const notification = composeNotification(status, {
      ...{ event, atMs: Date.now(), occurrence },
      ...(waitingSinceMs !== undefined && { waitingSinceMs }),
    });
    this.open += 1;
    void CancellationScope.nonCancellable(() => notify(notification))
      .then(
        (reports) => notes.push(...reports.flatMap((report) => complaintOf(event, report))),
        (error: unknown) =>
          notes.push(
            `The notification "${event}" may not have been sent: ${rootCause(error) ?? String(error)}`,
          ),
      )
      .finally(() => {
        this.open -= 1;
      });
  }

  /** For a start that was announced and is then refused. */
  notifyOfRefusal(): void {
    if (this.told.size > 0) this.tell('failed');
  }

  /** Waits until all channels were tried, at most for `longestClosingMs`. */
  async settle(): Promise<void> {
    if (this.open === 0) return;
    await condition(() => this.open === 0, longestClosingMs, { summary: 'wait for notifications' });
  }
}

function complaintOf(event: NotificationEvent, report: DeliveryReport): string[] {
  switch (report.result) {
    case 'delivered':
    case 'skipped':
      return [];
    case 'not-delivered':
      return [`"${event}" did not reach ${report.channel}: ${report.reason}`];
    case 'doubtful':
      return [`"${event}" may not have reached ${report.channel}: ${report.reason}`];
  }
}
