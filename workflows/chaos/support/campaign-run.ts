import type {
  CampaignDetails,
  CampaignRow,
  CampaignStatus,
} from '../../../src/contracts/chaos/campaign-details.ts';
import type { StartRequest } from '../../../src/contracts/kernel/messages.ts';
import { chaosKinds } from '../../../src/kinds/chaos.ts';
import type { NotificationEvent } from '../../../src/kinds/notification-events.ts';
import { scoreOf } from '../../../src/policies/chaos/campaigns/conclude-campaign.ts';
import {
  planOccurrences,
  type Occurrence,
} from '../../../src/policies/chaos/campaigns/plan-occurrences.ts';
import { progressOf } from '../../../src/policies/chaos/campaigns/progress-of.ts';
import type { VerbContext } from '../../../src/policies/kernel/verbs/judge-verb.ts';
import type { ChaosCampaignSpec } from '../../../src/specs/chaos/campaign-spec.ts';
import type { Continuation } from '../../kernel/continuation.ts';
import { Mailbox, type Inbox } from '../../kernel/mailbox.ts';
import { Run } from '../../kernel/run.ts';
import { Slot } from '../../kernel/slot.ts';
import type { UndoTable } from '../../kernel/undos.ts';

/** What people say to a campaign. */
export class CampaignMailbox extends Mailbox {
  /** Who skipped the next experiment, and why. */
  readonly skips = new Slot<string>();
}

/** What a campaign says that waits for a person before this experiment. */
export function describePause(next: string, pausedBy: string | undefined): string {
  return `Paused before ${next} by ${pausedBy ?? 'someone'}. Answer with resume`;
}

/** What a campaign continues as new with. */
interface CampaignState {
  sinceMs: number;
  /** Which of the planned occurrences is next. */
  next: number;
  /** The end of the pause after the last experiment. */
  notBeforeMs: number;
  rows: CampaignRow[];
  pausedBy?: string;
  /** Who ended it early. */
  halted?: string;
}

interface Start {
  input: unknown;
  request: StartRequest | undefined;
  continuation: Continuation | undefined;
}

/** A run that carries experiments out, and undoes nothing: each of them removes its own faults. */
export class CampaignRun extends Run<
  CampaignStatus,
  UndoTable,
  ChaosCampaignSpec,
  CampaignMailbox
> {
  readonly state: CampaignState;
  /** What a person may skip: the name of the experiment that is waited for. */
  waitsFor: string | undefined;
  #underWay: string | undefined;
  #hasBegun: boolean;
  #plan: readonly Occurrence[] | undefined;

  constructor(start: Start, inbox: Inbox<CampaignMailbox>) {
    super({ kind: chaosKinds.chaosCampaign, ...start }, inbox, (status) => status);
    const resumed = this.resumedFrom as CampaignState | undefined;
    this.#hasBegun = resumed !== undefined;
    this.state = resumed ?? { sinceMs: 0, next: 0, notBeforeMs: 0, rows: [] };
    if (resumed !== undefined) this.status.phase = this.workingPhase();
  }

  /** Everything that is due, in its order. */
  get plan(): readonly Occurrence[] {
    if (this.spec === undefined) return [];
    return (this.#plan ??= planOccurrences(this.spec));
  }

  /** From here on an abort halts the experiment under way, and the campaign ends with its report. */
  begin(): void {
    this.state.sinceMs = Date.now();
    this.#hasBegun = true;
  }

  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  get halted(): string | undefined {
    return this.state.halted;
  }

  halt(why: string): void {
    this.state.halted ??= why;
  }

  /** What is being carried out, as its step is called. */
  get underWay(): string | undefined {
    return this.#underWay;
  }

  /** The status says meanwhile that the next of the plan is being carried out. */
  async whileUnderWay<T>(name: string, act: () => Promise<T>): Promise<T> {
    this.#underWay = name;
    try {
      return await act();
    } finally {
      this.#underWay = undefined;
    }
  }

  /** Nothing more begins. */
  private isOver(): boolean {
    return this.halted !== undefined || this.status.outcome !== undefined;
  }

  readonly note = (text: string): void => {
    this.notes.push(text);
    this.refresh();
  };

  override workingPhase(): string {
    if (this.halted !== undefined) return 'halting';
    return this.state.pausedBy === undefined ? 'working' : 'pausing';
  }

  override verbContext(): VerbContext {
    return { ...super.verbContext(), ...(this.waitsFor !== undefined && { step: this.waitsFor }) };
  }

  override details(): CampaignDetails {
    const { rows } = this.state;
    const { environment = '', campaign = '', experiments = [] } = this.spec ?? {};
    const planned = this.plan.map(({ index }) => ({ weight: experiments[index]?.weight ?? 0 }));
    return {
      ...{ campaign: { environment, campaign }, planned: planned.length, rows },
      score: scoreOf(rows, planned),
    };
  }

  protected override deriveStatus(): void {
    if (this.spec === undefined) return;
    const { rows, sinceMs } = this.state;
    this.status.campaign = progressOf({
      ...{ plan: this.plan, rows, score: this.details().score },
      names: this.spec.experiments.map(({ experiment }) => experiment.experiment),
      ...{ isUnderWay: this.#underWay !== undefined, isOver: this.isOver() },
      ...(this.#hasBegun && { sinceMs }),
    });
  }

  protected override eventOfOutcome(outcome: string): NotificationEvent {
    if (this.kind.successes.includes(outcome)) return 'succeeded';
    const event = super.eventOfOutcome(outcome);
    return event === 'succeeded' ? 'failed' : event;
  }
}
