import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { EndedBy, ExperimentDetails } from '../../../src/contracts/chaos/details.ts';
import type { OpenTracks } from '../../../src/contracts/chaos/observation.ts';
import type { ResolvedTarget } from '../../../src/contracts/chaos/resolved-target.ts';
import type { RunStep } from '../../../src/contracts/kernel/agent.ts';
import type { StartRequest } from '../../../src/contracts/kernel/messages.ts';
import type { RunStatus } from '../../../src/contracts/kernel/run.ts';
import { chaosKinds } from '../../../src/kinds/chaos.ts';
import type { NotificationEvent } from '../../../src/kinds/notification-events.ts';
import type { Recovery } from '../../../src/policies/chaos/conclude.ts';
import type { ChaosExperimentSpec } from '../../../src/specs/chaos/experiment.ts';
import type { Fault } from '../../../src/specs/chaos/fault.ts';
import type { Inbox } from '../../kernel/mailbox.ts';
import { Run } from '../../kernel/run.ts';
import type { TargetActs } from './acts-on-target.ts';
import { createFaultActs, type FaultActs } from './fault-acts.ts';
import type { LateEvidence, Progress } from './progress.ts';
import { createTargetActs } from './target-acts.ts';

/** What may have to be undone; earlier versions have armed these. */
export interface ExperimentUndos {
  removeFault(target: ResolvedTarget, fault: Fault, lease: RunStep): Promise<void>;
  closeTracks(tracks: OpenTracks, everyMs: number): Promise<void>;
}

type Stage = 'working' | 'faulted' | 'removing' | 'recovering';

/** A run that injects a fault, and removes it whatever becomes of the rest. */
export class ExperimentRun extends Run<RunStatus, ExperimentUndos, ChaosExperimentSpec> {
  /** Filled in as the story goes on. */
  readonly found: ExperimentDetails;
  /** Of which one is hit, where that is what the experiment is about. */
  tracks: OpenTracks | undefined;
  /** What observers tell once they hear that they were halted. */
  late: LateEvidence | undefined;
  #stage: Stage = 'working';
  #halted: string | undefined;
  #faulted: CancellationScope | undefined;
  #givenUp: string | undefined;
  #recovering: CancellationScope | undefined;

  constructor(input: unknown, request: StartRequest | undefined, inbox: Inbox) {
    const kind = chaosKinds.chaosExperiment;
    super({ kind, input, request, continuation: undefined }, inbox, (status) => status);
    this.found = {
      experiment: { environment: '', experiment: '' },
      ...{ candidates: 0, targets: [], windows: [], leftBehind: [] },
    };
  }

  /** Who or what ended it early. */
  get halted(): string | undefined {
    return this.#halted;
  }

  on(agent: string): FaultActs {
    return createFaultActs(agent, this.fencing);
  }

  actsOn(target: ResolvedTarget): TargetActs {
    return createTargetActs(target, this.fencing);
  }

  nextLease(): RunStep {
    const { rolloutId: runRef, step } = this.fencing.next();
    return { runRef, step };
  }

  readonly note = (text: string): void => {
    this.notes.push(text);
    this.refresh();
  };

  /** Ends what is done while faults are there, and nothing else: they are removed, and it is judged. */
  halt(why: string, by: EndedBy): void {
    if (this.#halted === undefined) this.found.endedBy = by;
    this.#halted ??= why;
    this.#faulted?.cancel();
  }

  /** False where there is no fault yet: the run is undone then as any other. */
  isFaulted(): boolean {
    return this.#stage === 'faulted';
  }

  isRecovering(): boolean {
    return this.#stage === 'recovering';
  }

  /** Faults may be there from here on, until `act` has ended or was halted. Returns what came of it. */
  async untilHalted(act: (progress: Progress) => Promise<void>): Promise<Progress> {
    const progress: Progress = {
      ...{ injected: [], notInjected: [], ineffective: [], vanished: [], idle: [], unseen: [] },
      during: undefined,
    };
    this.#stage = 'faulted';
    this.#faulted = new CancellationScope();
    try {
      await this.#faulted.run(() => act(progress));
    } catch (error) {
      const isHalted = isCancellation(error) && this.#halted !== undefined;
      if (!isHalted || this.scope.consideredCancelled) throw error;
      this.stopSteps('stopped');
    }
    return progress;
  }

  /** Nothing is left to halt. */
  beginRemoval(): void {
    this.#stage = 'removing';
  }

  /** Ends the wait for the recovery: nobody knows then whether it came. */
  giveUpRecovery(why: string): void {
    this.#givenUp ??= why;
    this.#recovering?.cancel();
  }

  /** Waits for it until `act` has ended, or a person gives it up. */
  async untilGivenUp(act: () => Promise<Recovery>): Promise<Recovery> {
    this.#stage = 'recovering';
    this.#recovering = new CancellationScope();
    try {
      return await this.#recovering.run(act);
    } catch (error) {
      const why = this.#givenUp;
      if (why === undefined || !isCancellation(error) || this.scope.consideredCancelled) {
        throw error;
      }
      this.stopSteps('stopped');
      return { kind: 'given-up', why };
    }
  }

  override workingPhase(): string {
    return this.#stage;
  }

  override details(): ExperimentDetails {
    if (this.spec === undefined) return this.found;
    const { environment, experiment, fault, owner, retestWithinMs } = this.spec;
    return {
      ...{ ...this.found, experiment: { environment, experiment }, fault, retestWithinMs },
      ...(owner !== undefined && { owner }),
    };
  }

  protected override eventOfOutcome(outcome: string): NotificationEvent {
    if (this.kind.successes.includes(outcome)) return 'succeeded';
    const event = super.eventOfOutcome(outcome);
    return event === 'succeeded' ? 'failed' : event;
  }
}
