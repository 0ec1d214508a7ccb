import {
  CancellationScope,
  CancelledFailure,
  log,
  patched,
  uuid4,
  workflowInfo,
  type ApplicationFailure,
} from '@temporalio/workflow';
import type { StartRequest } from '../../src/contracts/kernel/messages.ts';
import type { Notification } from '../../src/contracts/kernel/notifications.ts';
import type { PersonAct } from '../../src/contracts/kernel/person-act.ts';
import type { RunStatus } from '../../src/contracts/kernel/run.ts';
import type { RunSettings } from '../../src/contracts/kernel/settings.ts';
import type { KindDefinition } from '../../src/kinds/kind.ts';
import type { NotificationEvent } from '../../src/kinds/notification-events.ts';
import {
  composeRunNotification,
  eventOfOutcome,
  type Occasion,
} from '../../src/policies/kernel/notifications/compose-run-notification.ts';
import { acceptedVerbs, type VerbContext } from '../../src/policies/kernel/verbs/judge-verb.ts';
import { renderRunDetails } from '../../src/render/kernel/render-run-details.ts';
import type { Ending } from './ending.ts';
import { Fencing } from './fencing.ts';
import type { Inbox, Mailbox } from './mailbox.ts';
import { Notifier } from './notifier.ts';
import { parentOf, Permit } from './permit.ts';
import { reasonOf } from './reason-of.ts';
import { resolveSpec } from './resolve-spec.ts';
import type { RunStart, Successor } from './run-start.ts';
import { showRun, type SearchColumns } from './show-run.ts';
import { Undos, type UndoAct, type UndoTable } from './undos.ts';

/** Whether the run may act yet; a start that is refused never does. */
type Opening = { state: 'pending' | 'open' } | { state: 'refused'; failure: ApplicationFailure };

/**
 * The present state of a run of any kind: the answer to the status query, its undos, and what the
 * story checks between two acts. People's messages come through the inbox. A family extends it by
 * what is its own.
 */
export class Run<
  Status extends RunStatus = RunStatus,
  Table extends Readonly<Record<keyof Table, UndoAct>> = UndoTable,
  Spec = unknown,
  Messages extends Mailbox = Mailbox,
> {
  readonly kind: KindDefinition<Spec>;
  readonly input: unknown;
  readonly request: StartRequest | undefined;
  readonly status: Status;
  readonly inbox: Inbox<Messages>;
  /** The story runs in here, and an interruption cancels it. */
  readonly scope = new CancellationScope();
  readonly undo: Undos<Table>;
  readonly fencing: Fencing;
  readonly notes: string[];
  readonly notifier: Notifier;
  readonly permit: Permit;
  /** The state that the run before this one continued as new with. */
  readonly resumedFrom: unknown;
  /** The workflow that started this run as its child. */
  readonly parentRef: string | undefined;

  #spec: Spec | undefined;
  #settings: RunSettings | undefined;
  #opening: Opening;
  #interruption: Ending | undefined;
  #successor: Successor | undefined;

  constructor(
    { kind, input, request, continuation }: RunStart<Spec>,
    inbox: Inbox<Messages>,
    begin: (status: RunStatus) => Status,
  ) {
    const { workflowId, runId } = workflowInfo();
    const beganAtMs = continuation === undefined ? beginning() : continuation.startedAtMs;
    this.kind = kind;
    this.input = input;
    this.request = request;
    this.inbox = inbox;
    this.undo = new Undos(continuation?.undos);
    this.notes = [...(continuation?.notes ?? [])];
    this.resumedFrom = continuation?.state;
    this.parentRef = continuation === undefined ? startedAsChildOf() : continuation.parentRef;
    this.#opening = { state: continuation === undefined ? 'pending' : 'open' };
    this.status = begin({
      kind: kind.kind,
      workflowId,
      runId,
      runRef: continuation?.runRef ?? `${timestamp(beganAtMs)}-${uuid4().slice(0, 8)}`,
      subject: { environment: '', name: '' },
      phase: 'starting',
      now: 'Checking the spec',
      accepts: [],
      startedAtMs: beganAtMs,
      steps: [...(continuation?.steps ?? [])],
      ...(continuation?.stepsLeftOut !== undefined && { stepsLeftOut: continuation.stepsLeftOut }),
      people: [...(continuation?.people ?? [])],
      undo: [],
    });
    this.fencing = new Fencing(this.status.runRef, continuation?.fenceStep);
    this.notifier = new Notifier(this);
    this.permit = new Permit(this.status.runRef, {
      heldIn: continuation?.permitHeldIn,
      parent: parentOf(this.parentRef, request),
    });
  }

  get id(): string {
    return this.status.runRef;
  }

  /** With its defaults; undefined until it was read and accepted. */
  get spec(): Spec | undefined {
    return this.#spec;
  }

  get settings(): RunSettings {
    if (this.#settings === undefined) throw new Error('The settings are read with the spec');
    return this.#settings;
  }

  get opening(): Readonly<Opening> {
    return this.#opening;
  }

  get interruption(): Ending | undefined {
    return this.#interruption;
  }

  get successor(): Successor | undefined {
    return this.#successor;
  }

  /** The spec is valid: from here on the run has a subject, and people are told of it. */
  accept(spec: Spec, settings: RunSettings): void {
    this.#spec = spec;
    this.#settings = settings;
    this.status.subject = this.kind.subject(spec);
  }

  /** Acting may begin: whoever started the run gets its receipt. */
  open(): void {
    this.#opening = { state: 'open' };
  }

  refuse(failure: ApplicationFailure): void {
    this.#opening = { state: 'refused', failure };
  }

  /** Absent: nothing follows. */
  followWith(successor: Successor | undefined): void {
    this.#successor = successor;
  }

  /** Enters a phase; `now` is what the run does or waits for. */
  enterPhase(phase: Status['phase'], now: string): void {
    log.info(now, { phase });
    const isNews = phase !== this.status.phase || phase === 'undo-failed';
    this.status.phase = phase;
    this.status.now = now;
    this.refresh();
    if (!isNews) return;
    this.notifier.stopReminding();
    const event = this.eventOfPhase();
    if (event === undefined) return;
    this.notifier.notify(event);
    if (this.kind.phases[phase]?.waitsForPerson) this.notifier.remindDaily(event);
  }

  /** Shows what changed without a change of phase. */
  refresh(): void {
    this.status.accepts = acceptedVerbs(this.kind.verbs, this.status.phase);
    this.status.undo = this.undo.list();
    this.deriveStatus();
    showRun(this.page(), this.status.subject.name === '' ? undefined : this.columns());
  }

  /** Re-reads the settings: they may have been changed while a person was awaited. */
  async rereadSettings(): Promise<void> {
    if (!patched('settings-are-read-again')) return;
    try {
      this.#settings = (await resolveSpec(this.kind.kind, this.input)).settings;
    } catch (error) {
      log.warn(`The settings could not be re-read and stay as they are: ${reasonOf(error)}`);
    }
  }

  record(act: PersonAct): void {
    this.status.people.push(act);
    if (this.status.people.length > keptPeopleActs) this.status.people.shift();
  }

  /** Stops the story at its present point; it is undone from there. */
  interrupt(interruption: Ending): void {
    this.#interruption = interruption;
    this.enterPhase('undoing', interruption.reason);
    this.scope.cancel();
  }

  /**
   * Before what is never undone: throws where the run was asked to stop, also during an act that has
   * succeeded.
   */
  requireNotStopped(): void {
    const isCancelled = CancellationScope.current().consideredCancelled;
    if (this.#interruption === undefined && !isCancelled) return;
    throw new CancelledFailure('asked to stop before the point of no return');
  }

  /** Ends what was in progress when the run stopped before its end. */
  stopSteps(state: 'failed' | 'stopped'): void {
    for (const step of this.status.steps) {
      if (step.state === 'active') Object.assign(step, { state, endedAtMs: Date.now() });
    }
  }

  /** By what a verb is judged. */
  verbContext(): VerbContext {
    const { phase, needsApproval } = this.status;
    return { runRef: this.id, named: this.named(), phase, approvers: needsApproval?.by ?? [] };
  }

  compose(occasion: Occasion): Notification {
    return composeRunNotification(this.status, occasion);
  }

  /** Where in the run an event happens: the same event there is the same occurrence. */
  position(): number {
    const { steps, stepsLeftOut = 0 } = this.status;
    return stepsLeftOut + steps.findLastIndex(({ startedAtMs }) => startedAtMs !== undefined);
  }

  /** What the report says beyond what it says of every kind. */
  details(): unknown {
    return {};
  }

  /** What a family still has to see to once everything is done or undone, before the report. */
  async finish(): Promise<void> {
    return Promise.resolve();
  }

  /** The outcome of a run that failed and was undone. */
  outcomeOfFailure(): string {
    return 'Failed';
  }

  /** The phase of a run that does its work, waiting for nobody. */
  workingPhase(): Status['phase'] {
    return 'working';
  }

  /** The phase after a person's answer to an undo that failed, or to a run that cannot go on by itself. */
  phaseAfterAnswer(): Status['phase'] {
    return 'undoing';
  }

  /** What a note says of a cancellation that came too late to stop anything. */
  tooLateToStop(): string | undefined {
    return undefined;
  }

  protected named(): string {
    return this.kind.kind;
  }

  protected eventOfOutcome(outcome: string): NotificationEvent {
    return eventOfOutcome(outcome);
  }

  protected page(): string {
    return renderRunDetails(this.status);
  }

  protected columns(): SearchColumns {
    const { kind, subject, phase, outcome } = this.status;
    return { kind, ...subject, phase, ...(outcome !== undefined && { outcome }) };
  }

  /** For what a family's status shows twice. */
  protected deriveStatus(): void {
    return;
  }

  private eventOfPhase(): NotificationEvent | undefined {
    const { phase, outcome } = this.status;
    if (phase !== 'closed') return this.kind.phases[phase]?.notify;
    return outcome === undefined ? undefined : this.eventOfOutcome(outcome);
  }
}

/** What followed another run under its workflow ID was not started by that one's parent. */
function startedAsChildOf(): string | undefined {
  const { parent, continuedFromExecutionRunId } = workflowInfo();
  return continuedFromExecutionRunId === undefined ? parent?.workflowId : undefined;
}

/** Every query and report carries the status, so it stays small however many messages arrive. */
const keptPeopleActs = 100;

/**
 * The clock of a first task that waited for its settings says another time in a replay, which follows its last attempt:
 * a run that was named by that clock would not find again what it holds.
 */
function beginning(): number {
  return patched('runs-are-named-by-their-start') ? workflowInfo().startTime.getTime() : Date.now();
}

function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace(/[-:]/g, '').slice(0, 15);
}
