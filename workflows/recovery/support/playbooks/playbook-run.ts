import { CancellationScope } from '@temporalio/workflow';
import type { StartRequest } from '../../../../src/contracts/kernel/messages.ts';
import type { Notification } from '../../../../src/contracts/kernel/notifications.ts';
import type { RunStep } from '../../../../src/contracts/kernel/agent.ts';
import type { RunStatus } from '../../../../src/contracts/kernel/run.ts';
import type { PartInputs } from '../../../../src/contracts/recovery/playbooks/activities.ts';
import type { PlaybookDetails } from '../../../../src/contracts/recovery/playbooks/details.ts';
import type { KindDefinition } from '../../../../src/kinds/kind.ts';
import type { NotificationEvent } from '../../../../src/kinds/notification-events.ts';
import type { Occasion } from '../../../../src/policies/kernel/notifications/compose-run-notification.ts';
import type { VerbContext } from '../../../../src/policies/kernel/verbs/judge-verb.ts';
import type { Continuation } from '../../../kernel/continuation.ts';
import { Mailbox, type Inbox } from '../../../kernel/mailbox.ts';
import { Run } from '../../../kernel/run.ts';
import type { ReadPlaybook } from './known-to-step.ts';
import type { PlaybookState } from './playbook-state.ts';
import { Slot } from '../../../kernel/slot.ts';

/** What people say to a playbook. */
export class PlaybookMailbox extends Mailbox {
  /** Who skipped the step that failed, and why. */
  readonly skips = new Slot<string>();
  readonly resumes = new Slot<string>();
}

/** What may have to be undone; earlier versions have armed these. */
export interface PlaybookUndos {
  undoPart(part: string, inputs: PartInputs, before: unknown): Promise<void>;
  undoByAction(step: string, action: string, inputs: PartInputs): Promise<void>;
  revertLease(agent: string, lease: RunStep): Promise<void>;
  abortChild(workflowId: string, parentRunIds: readonly string[]): Promise<void>;
}

/** A run of a playbook, or of its rehearsal. */
export class PlaybookRun<Spec> extends Run<RunStatus, PlaybookUndos, Spec, PlaybookMailbox> {
  readonly state: PlaybookState;
  readonly found: PlaybookDetails = { plan: [], results: {} };
  /** The step that waits for a decision. */
  held: string | undefined = undefined;

  constructor(
    start: {
      kind: KindDefinition<Spec>;
      input: unknown;
      request: StartRequest | undefined;
      continuation?: Continuation | undefined;
    },
    inbox: Inbox<PlaybookMailbox>,
  ) {
    super({ continuation: undefined, ...start }, inbox, (status) => status);
    this.state = (this.resumedFrom as PlaybookState | undefined) ?? {
      ...{ next: 0, isPastReturn: false },
      ...{ results: {}, groups: {}, before: {}, armed: {} },
    };
  }

  readonly note = (text: string): void => {
    this.notes.push(text);
    this.refresh();
  };

  /** Nothing that was done until now is undone any more. Throws where the run was asked to stop before. */
  passReturn(): void {
    if (this.state.isPastReturn) return;
    this.requireNotStopped();
    this.state.isPastReturn = true;
    this.undo.disarm();
    this.enterPhase('finishing', this.status.now);
  }

  /** Past the point of no return a cancellation comes too late. */
  async shielded<T>(act: () => Promise<T>): Promise<T> {
    return this.state.isPastReturn ? CancellationScope.nonCancellable(act) : act();
  }

  /** What the report says of the plan; it is pinned with the spec in the history. */
  describe({ titles, spec }: Pick<ReadPlaybook, 'titles' | 'spec'>): void {
    this.found.plan = [...titles];
    const digests = Object.entries(spec.includes).flatMap(([name, { sha256 }]) =>
      sha256 === undefined ? [] : [[name, sha256] as const],
    );
    if (digests.length > 0) this.found.includes = Object.fromEntries(digests);
  }

  /** How many steps were taken and how many were not. */
  summary(): string {
    const states = Object.values(this.state.results).map(({ state }) => state);
    const count = (wanted: string) => states.filter((state) => state === wanted).length;
    const more = [
      ...(count('skipped') > 0 ? [`${count('skipped')} skipped`] : []),
      ...(count('failed') > 0 ? [`${count('failed')} failed and gone on from`] : []),
    ];
    return [`${count('done')} steps are done`, ...more].join(', ');
  }

  override workingPhase(): string {
    return this.state.isPastReturn ? 'finishing' : 'working';
  }

  override phaseAfterAnswer(): string {
    return this.held === undefined ? 'undoing' : this.workingPhase();
  }

  override tooLateToStop(): string | undefined {
    return this.state.isPastReturn
      ? 'The workflow was cancelled past the point of no return, and went on'
      : undefined;
  }

  override verbContext(): VerbContext {
    return { ...super.verbContext(), ...(this.held !== undefined && { step: this.held }) };
  }

  override details(): PlaybookDetails {
    const results = Object.entries(this.state.results).map(
      ([title, { state, passed }]) =>
        [title, { state, ...(passed !== undefined && { passed }) }] as const,
    );
    return { ...this.found, results: Object.fromEntries(results) };
  }

  override compose(occasion: Occasion): Notification {
    const composed = super.compose(occasion);
    const { outcome, subject, kind } = this.status;
    if (outcome === undefined) return composed;
    return { ...composed, title: `${subject.environment}/${subject.name}: ${kind}: ${outcome}` };
  }

  /** A run that ended by itself without its success needs somebody as much as one that failed. */
  protected override eventOfOutcome(outcome: string): NotificationEvent {
    if (this.kind.successes.includes(outcome)) return 'succeeded';
    const event = super.eventOfOutcome(outcome);
    return event === 'succeeded' ? 'failed' : event;
  }
}
