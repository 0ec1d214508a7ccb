import type { StartRequest } from '../../../../src/contracts/kernel/messages.ts';
import type { RunStatus } from '../../../../src/contracts/kernel/run.ts';
import type { PartInputs } from '../../../../src/contracts/recovery/playbooks/activities.ts';
import type {
  RegionDetails,
  RegionTimes,
} from '../../../../src/contracts/recovery/region-details.ts';
import type { KindDefinition } from '../../../../src/kinds/kind.ts';
import type { NotificationEvent } from '../../../../src/kinds/notification-events.ts';
import type { RegionFailoverSpec } from '../../../../src/specs/recovery/region-plan.ts';
import type { Inbox } from '../../../kernel/mailbox.ts';
import { Run } from '../../../kernel/run.ts';
import { thawEnvironment } from './region-freeze.ts';

/** What may have to be undone; earlier versions have armed these. */
export interface RegionUndos {
  /** Other runs may start in the environment again. */
  thaw(environment: string): Promise<void>;
  /** The replicas that were there before, where they are still what this run made them. */
  scaleBack(inputs: PartInputs, before: unknown): Promise<void>;
}

export interface RegionStart<Spec> {
  kind: KindDefinition<Spec>;
  /** What is moved, and in which direction. */
  moveOf: (spec: Spec) => RegionMove;
  input: unknown;
  request: StartRequest | undefined;
}

export interface RegionMove {
  plan: RegionFailoverSpec;
  from: string;
  to: string;
}

/** A run that moves a group to another region. Once databases move, it is carried on to its end. */
export class RegionRun<Spec> extends Run<RunStatus, RegionUndos, Spec> {
  /** What was left undone after the first database had moved, because a person gave it up. */
  readonly missing: string[] = [];
  readonly found: Omit<RegionDetails, 'group' | 'from' | 'to'> = {
    ...{ times: {}, databases: [], services: [], names: [], objectives: [] },
  };
  /** Resolvers may have the former address of a name until then. */
  namesKeptUntilMs = 0;
  /** Since when nobody has reached the region, as it was confirmed last. Absent: it is not lost. */
  downSinceMs: number | undefined;
  /** A person has said that the region is lost, where witnesses could not. */
  isLostByPerson = false;
  /** Databases of which nobody can say whether the primary there is the newest, and a person took them as they are. */
  readonly acceptedUnproven = new Set<string>();
  isFrozen = false;
  readonly #moveOf: (spec: Spec) => RegionMove;
  #isMoving = false;
  #isCommitted = false;

  constructor({ moveOf, ...start }: RegionStart<Spec>, inbox: Inbox) {
    super({ ...start, continuation: undefined }, inbox, (status) => status);
    this.#moveOf = moveOf;
  }

  get move(): RegionMove {
    if (this.spec === undefined) throw new Error('The plan is read with the spec');
    return this.#moveOf(this.spec);
  }

  /**
   * Databases begin to move: what has begun is not aborted any more, and may still be given up. Throws
   * where the run was asked to stop before.
   */
  beginMove(): void {
    this.requireNotStopped();
    this.#isMoving = true;
  }

  /** A database has moved: nothing is undone any more. */
  commit(): void {
    this.#isCommitted = true;
    this.undo.disarm();
  }

  get isCommitted(): boolean {
    return this.#isCommitted;
  }

  readonly note = (text: string): void => {
    this.notes.push(text);
    this.refresh();
  };

  /** Remembers when something was first seen. */
  stamp(what: keyof RegionTimes, atMs = Date.now()): void {
    this.found.times = { [what]: atMs, ...this.found.times };
  }

  override async finish(): Promise<void> {
    if (!this.isFrozen) return;
    try {
      await thawEnvironment(this.id, this.move.plan.environment);
    } catch {
      this.note('the freeze is still there: see belay freezes');
    }
  }

  override workingPhase(): string {
    return this.#isMoving ? 'completing' : 'working';
  }

  override phaseAfterAnswer(): string {
    return this.#isMoving ? 'completing' : 'undoing';
  }

  override tooLateToStop(): string | undefined {
    if (!this.#isMoving) return undefined;
    return 'The workflow was cancelled after databases had begun to move: the move goes on';
  }

  override details(): RegionDetails {
    if (this.spec === undefined) return { group: '', from: '', to: '', ...this.found };
    const { plan, from, to } = this.move;
    return { group: plan.group, from, to, ...this.found };
  }

  protected override eventOfOutcome(outcome: string): NotificationEvent {
    if (this.kind.successes.includes(outcome)) return 'succeeded';
    const event = super.eventOfOutcome(outcome);
    return event === 'succeeded' ? 'failed' : event;
  }
}
