import type { StartRequest } from '../../../src/contracts/kernel/messages.ts';
import type { RunStatus } from '../../../src/contracts/kernel/run.ts';
import type { MonitorDetails } from '../../../src/contracts/objectives/details.ts';
import type { MonitorNews, WatchOrder } from '../../../src/contracts/objectives/monitor.ts';
import { violationKey, type Violation } from '../../../src/contracts/objectives/violation.ts';
import { objectiveKinds } from '../../../src/kinds/objectives.ts';
import {
  describeTogether,
  describeUnjudged,
  describeViolation,
  type ViolationMessage,
} from '../../../src/policies/objectives/objective-words.ts';
import type { SloMonitorSpec } from '../../../src/specs/objectives/objective.ts';
import type { Continuation } from '../../kernel/continuation.ts';
import type { Inbox } from '../../kernel/mailbox.ts';
import { Run } from '../../kernel/run.ts';
import type { UndoTable } from '../../kernel/undos.ts';

interface MonitorMemory {
  /** What people were told, which the next watch writes down. */
  told: WatchOrder['told'];
  details: MonitorDetails;
}

/** Twice as many as one watch returns. */
const keptTold = 2_000;
/** More of one kind at once are one message. */
const mostMessages = 5;

/** The standing monitor of an environment. It stays open until somebody stops it. */
export class MonitorRun extends Run<RunStatus, UndoTable, SloMonitorSpec> {
  memory: MonitorMemory;

  constructor(
    start: {
      input: unknown;
      request: StartRequest | undefined;
      continuation: Continuation | undefined;
    },
    inbox: Inbox,
  ) {
    super({ kind: objectiveKinds.sloMonitor, ...start }, inbox, (status) => status);
    const before = this.resumedFrom as MonitorMemory | undefined;
    this.memory = before ?? { told: [], details: { told: 0 } };
  }

  /**
   * Tells people of each violation once when it opens, and once when it is over; of many of one kind in
   * one message.
   */
  tell({ violations, counts, unjudged }: MonitorNews): void {
    const before = new Set(this.memory.told.map(({ key, of }) => `${key} ${of}`));
    const told = violations.map((violation) => ({
      ...{ violation, key: violationKey(violation) },
      of: violation.closedAtMs === undefined ? ('opened' as const) : ('closed' as const),
    }));
    const fresh = told.filter(({ key, of }) => !before.has(`${key} ${of}`));
    this.#tellOf(fresh.map(({ violation }) => violation));
    const { isUnjudged: wasUnjudged = false, counts: lastCounts } = this.memory.details;
    const isUnjudged = unjudged !== undefined;
    const { environment } = this.status.subject;
    if (isUnjudged !== wasUnjudged) this.#send(describeUnjudged(environment, unjudged));
    const known = counts ?? lastCounts;
    this.memory = {
      // A watch that never reached the ledger has not written down what the one before it was given.
      told: [...this.memory.told, ...fresh.map(({ key, of }) => ({ key, of }))].slice(-keptTold),
      details: {
        ...(known !== undefined && { counts: known }),
        told: this.memory.details.told + fresh.length,
        ...(isUnjudged && { isUnjudged }),
      },
    };
    if (isUnjudged) {
      this.enterPhase('working', `Objectives are not judged: ${unjudged.why}`);
    } else if (counts !== undefined) {
      const { met, breached, insufficient } = counts;
      const now = `${met} met, ${breached} breached, ${insufficient} with insufficient data`;
      this.enterPhase('working', `Objectives: ${now}`);
    }
  }

  #tellOf(violations: readonly Violation[]): void {
    const { environment } = this.status.subject;
    const alike = new Map<string, Violation[]>();
    for (const each of violations) {
      const key = `${each.kind} ${each.closedAtMs === undefined}`;
      alike.set(key, [...(alike.get(key) ?? []), each]);
    }
    for (const some of alike.values()) {
      if (some.length > mostMessages) this.#send(describeTogether(environment, some));
      else for (const each of some) this.#send(describeViolation(environment, each));
    }
  }

  #send(message: ViolationMessage): void {
    this.notes.push(`${message.title}: ${message.text}`);
    this.notifier.notify('message', undefined, message);
  }

  override details(): MonitorDetails {
    return this.memory.details;
  }
}
