import {
  CancellationScope,
  condition,
  isCancellation,
  patched,
  proxyActivities,
  sleep,
} from '@temporalio/workflow';
import {
  longestNotifyMs,
  type DeliveryReport,
  type Notification,
  type NotificationActivities,
} from '../../src/contracts/kernel/notifications.ts';
import type { NotificationEvent } from '../../src/kinds/notification-events.ts';
import type { Occasion } from '../../src/policies/kernel/notifications/compose-run-notification.ts';
import type { RunSettings } from '../../src/contracts/kernel/settings.ts';
import { reasonOf } from './reason-of.ts';

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
  readonly notes: string[];
  readonly settings: Pick<RunSettings, 'notifies'>;
  readonly spec: unknown;
  /** Where in the run it happens. */
  position(): number;
  compose(occasion: Occasion): Notification;
}

/** Sends notifications during a run; failed deliveries become notes of the report. */
export class Notifier {
  readonly #run: NotifiedRun;
  readonly #sent = new Map<string, number>();
  #open = 0;
  #reminding: CancellationScope | undefined;

  constructor(run: NotifiedRun) {
    this.#run = run;
  }

  /** Sends the event again once a day until the run goes on, whoever cancels the workflow. */
  remindDaily(event: NotificationEvent): void {
    if (!this.#isWanted()) return;
    if (!patched('daily-reminders')) return;
    const waitingSinceMs = Date.now();
    void CancellationScope.nonCancellable(() => {
      const scope = new CancellationScope();
      this.#reminding = scope;
      return scope.run(async () => {
        for (;;) {
          await sleep(reminderEveryMs, { summary: 'until the next reminder' });
          this.notify(event, waitingSinceMs);
        }
      });
    }).catch((error: unknown) => {
      if (!isCancellation(error)) throw error;
    });
  }

  stopReminding(): void {
    this.#reminding?.cancel();
    this.#reminding = undefined;
  }

  notify(
    event: NotificationEvent,
    waitingSinceMs?: number,
    more: Partial<Pick<Notification, 'title' | 'text' | 'severity' | 'to'>> = {},
  ): void {
    if (!this.#isWanted()) return;
    const { notes } = this.#run;
    const at = `${event} ${this.#run.position()}`;
    const occurrence = (this.#sent.get(at) ?? 0) + 1;
    this.#sent.set(at, occurrence);
    if (event === 'stage' && occurrence > 1) return;
    const composed = this.#run.compose({
      ...{ event, atMs: Date.now(), occurrence },
      ...(waitingSinceMs !== undefined && { waitingSinceMs }),
    });
    const notification = { ...composed, ...more };
    this.#open += 1;
    void CancellationScope.nonCancellable(() => notify(notification))
      .then(
        (reports) => notes.push(...reports.flatMap((report) => complaintOf(event, report))),
        (error: unknown) =>
          notes.push(`The notification "${event}" may not have been sent: ${reasonOf(error)}`),
      )
      .finally(() => {
        this.#open -= 1;
      });
  }

  /** For a start that was announced and is then refused. */
  notifyOfRefusal(): void {
    if (this.#sent.size > 0) this.notify('failed');
  }

  /** Nobody is told of a start before its spec was read, nor where no channel is configured. */
  #isWanted(): boolean {
    return this.#run.spec !== undefined && this.#run.settings.notifies === true;
  }

  /** Waits until all channels were tried, at most for `longestClosingMs`. */
  async settle(): Promise<void> {
    if (this.#open === 0) return;
    await condition(() => this.#open === 0, longestClosingMs, {
      summary: 'wait for notifications',
    });
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
