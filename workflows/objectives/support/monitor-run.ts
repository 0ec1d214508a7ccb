import type { StartRequest } from '../../../src/contracts/kernel/messages.ts';
import type { RunStatus } from '../../../src/contracts/kernel/run.ts';
import type { MonitorDetails } from '../../../src/contracts/objectives/details.ts';
import type { MonitorNews, WatchOrder } from '../../../src/contracts/objectives/monitor.ts';
import { violationKey } from '../../../src/contracts/objectives/violation.ts';
import { objectiveKinds } from '../../../src/kinds/objectives.ts';
import { describeViolation } from '../../../src/policies/objectives/objective-words.ts';
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

const keptTold = 200;

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

  /** Tells people of each violation once when it opens, and once when it is over. */
  tell({ violations, counts }: MonitorNews): void {
    const { environment } = this.status.subject;
    const before = new Set(this.memory.told.map(({ key, of }) => `${key} ${of}`));
    const told = violations.map((violation) => ({
      ...{ violation, key: violationKey(violation) },
      of: violation.closedAtMs === undefined ? ('opened' as const) : ('closed' as const),
    }));
    const fresh = told.filter(({ key, of }) => !before.has(`${key} ${of}`));
    for (const { violation } of fresh) {
      const message = describeViolation(environment, violation);
      this.notes.push(`${message.title}: ${message.text}`);
      this.notifier.notify('message', undefined, message);
    }
    this.memory = {
      // A watch that never reached the ledger has not written down what the one before it was given.
      told: [...this.memory.told, ...fresh.map(({ key, of }) => ({ key, of }))].slice(-keptTold),
      details: { counts, told: this.memory.details.told + fresh.length },
    };
    const { met, breached, insufficient } = counts;
    const now = `${met} met, ${breached} breached, ${insufficient} with insufficient data`;
    this.enterPhase('working', `Objectives: ${now}`);
  }

  override details(): MonitorDetails {
    return this.memory.details;
  }
}
