import {
  CancellationScope,
  log,
  patched,
  rootCause,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import type { ApplicationFailure } from '@temporalio/workflow';
import type { DeployRequest } from '../../src/contracts/kernel/messages.ts';
import type { PersonAct } from '../../src/contracts/kernel/person-act.ts';
import type { Outcome } from '../../src/contracts/rollouts/outcome.ts';
import type { RolloutSettings } from '../../src/contracts/kernel/settings.ts';
import type { RolloutStatus, StageStatus } from '../../src/contracts/rollouts/status.ts';
import type { RolloutPhase } from '../../src/kinds/rollout-phases.ts';
import { acceptedVerbs } from '../../src/policies/rollouts/judge-verb.ts';
import { deploymentsOf } from '../../src/policies/rollouts/deployments-of.ts';
import type { HoldClock } from '../../src/policies/rollouts/hold-clock.ts';
import type { AnalysisSpec } from '../../src/specs/rollouts/analysis.ts';
import type { AnySpec } from '../../src/specs/rollouts/resolution.ts';
import type { SpecKind } from '../../src/kinds/workflow-types.ts';
import { writtenSpec, type WrittenSpec } from '../../src/specs/rollouts/written-spec.ts';
import {
  eventOfPhase,
  waitsForPerson,
} from '../../src/policies/rollouts/notifications/event-of-phase.ts';
import { Compensations } from './compensations.ts';
import type { Notifier } from './notifier.ts';
import { resolveSpec } from './resolve-spec.ts';
import { showRollout } from './show-rollout.ts';

/** Why the story stops before its end and is undone. */
export interface Interruption {
  outcome: Extract<Outcome, 'Aborted' | 'RolledBack' | 'Superseded'>;
  reason: string;
}

/** How a person ended the open hold. */
export interface Decision {
  kind: 'promote' | 'promoteFull';
  by: string;
}

/** What runs under this workflow ID when this rollout has ended. */
export interface Successor {
  kind: SpecKind;
  input: WrittenSpec;
  request: DeployRequest;
}

/**
 * The present state of a rollout: the answer to the status query, what people have said, and what
 * the story checks between two acts. Every change of phase goes through `enterPhase`, which shows it.
 */
export class Rollout {
  readonly status: RolloutStatus;
  /** Every act on the target runs in here, and an interruption cancels it. */
  readonly scope = new CancellationScope();
  readonly undo = new Compensations();
  readonly notes: string[] = [];
  readonly input: WrittenSpec;
  readonly request: DeployRequest | undefined;

  spec: AnySpec | undefined;
  /** The spec was accepted and the target allows it: acting may begin. */
  opened = false;
  /** Why this start never acted. */
  refusal: ApplicationFailure | undefined;
  interruption: Interruption | undefined;
  decision: Decision | undefined;
  /** How many canary replicas have been asked for, and were ready. */
  canaryReplicas = 0;
  clock: HoldClock | undefined;
  approvedBy: string | undefined;
  /** A person's answer to an undo that failed, or to a promotion that is stuck. */
  answer: 'retry' | 'giveUp' | undefined;
  /** Changes of others were undone once. */
  hasCorrectedDrift = false;
  successor: Successor | undefined;
  /** Applies new settings to later acts; absent until acts exist. */
  useSettings: ((settings: RolloutSettings) => void) | undefined;
  /** Absent where no channel is configured. */
  notifier: Notifier | undefined;

  constructor(kind: SpecKind, input: unknown, request: DeployRequest | undefined) {
    const { workflowId, runId } = workflowInfo();
    this.input = writtenSpec(input);
    this.request = request;
    this.status = {
      kind,
      workflowId,
      runId,
      rolloutId: `${timestamp(Date.now())}-${uuid4().slice(0, 8)}`,
      service: '',
      environment: '',
      version: '',
      phase: 'starting',
      now: 'Checking the spec',
      accepts: [],
      weight: 0,
      startedAtMs: Date.now(),
      stages: [],
      people: [],
      undo: [],
    };
  }

  get id(): string {
    return this.status.rolloutId;
  }

  get stage(): StageStatus | undefined {
    return this.status.stages.find(({ state }) => state === 'active');
  }

  /** What will be rolled out, and through which stages. */
  plan(version: string, stages: StageStatus[], analysis: AnalysisSpec): void {
    this.status.version = version;
    this.status.stages = stages;
    if (analysis.mode !== 'none') this.status.metrics = analysis.metrics;
    this.refresh();
    this.notifier?.tell('started');
  }

  /** Enters a phase; `now` is what the rollout does or waits for. */
  enterPhase(phase: RolloutPhase, now: string): void {
    log.info(now, { phase });
    const isNews = phase !== this.status.phase || phase === 'undo-failed';
    this.status.phase = phase;
    this.status.now = now;
    this.refresh();
    const event = isNews ? eventOfPhase(this.status) : undefined;
    if (isNews) this.notifier?.stopReminding();
    if (event !== undefined) this.notifier?.tell(event);
    if (event !== undefined && waitsForPerson(phase)) this.notifier?.remindDaily(event);
  }

  /** Shows what changed without a change of phase. */
  refresh(): void {
    this.status.accepts = acceptedVerbs(this.status);
    this.status.undo = this.undo.list();
    showRollout(this.status, this.spec === undefined ? [] : deploymentsOf(this.spec));
  }

  /** Re-reads the settings: they may have been changed while a person was awaited. */
  async rereadSettings(): Promise<void> {
    if (!patched('settings-are-read-again')) return;
    try {
      const { settings } = await resolveSpec(this.status.kind, this.input);
      this.useSettings?.(settings);
    } catch (error) {
      log.warn(
        `The settings could not be re-read and stay as they are: ${rootCause(error) ?? String(error)}`,
      );
    }
  }

  record(act: PersonAct): void {
    this.status.people.push(act);
    if (this.status.people.length > keptPeopleActs) this.status.people.shift();
  }

  /** Stops the story at its present point; it is undone from there. */
  interrupt(interruption: Interruption): void {
    this.interruption = interruption;
    this.enterPhase('undoing', interruption.reason);
    this.scope.cancel();
  }
}

/** Every query and report carries the status, so it stays small however many messages arrive. */
const keptPeopleActs = 100;

function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace(/[-:]/g, '').slice(0, 15);
}
