import type { Notification } from '../../../src/contracts/kernel/notifications.ts';
import type { ReplicaUse, RolloutDetails } from '../../../src/contracts/rollouts/report.ts';
import type { RolloutStatus, StageStatus } from '../../../src/contracts/rollouts/status.ts';
import type { Occasion } from '../../../src/policies/kernel/notifications/compose-run-notification.ts';
import type { VerbContext } from '../../../src/policies/kernel/verbs/judge-verb.ts';
import { deploymentsOf } from '../../../src/policies/rollouts/deployments-of.ts';
import { composeNotification } from '../../../src/policies/rollouts/notifications/compose-notification.ts';
import { shownPhase } from '../../../src/policies/rollouts/shown-phase.ts';
import { stepsOfStages } from '../../../src/policies/rollouts/steps-of-stages.ts';
import { renderCurrentDetails } from '../../../src/render/rollouts/render-current-details.ts';
import type { AnalysisSpec } from '../../../src/specs/rollouts/analysis.ts';
import type { AnySpec } from '../../../src/specs/rollouts/resolution.ts';
import type { Inbox } from '../../kernel/mailbox.ts';
import { Run } from '../../kernel/run.ts';
import type { RunStart } from '../../kernel/run-start.ts';
import type { SearchColumns } from '../../kernel/show-run.ts';
import type { RolloutMailbox } from './mailbox.ts';
import { PausableClock } from './pausable-clock.ts';
import type { RolloutUndos } from './rollout-undos.ts';

/** A run that changes the release of a service: its stages, its traffic, and the clock of its hold. */
export class Rollout extends Run<RolloutStatus, RolloutUndos, AnySpec, RolloutMailbox> {
  readonly clock = new PausableClock();
  #replicaUse: ReplicaUse | undefined;

  constructor(start: RunStart<AnySpec>, inbox: Inbox<RolloutMailbox>) {
    super(start, inbox, ({ outcome: _, ...status }) => ({
      ...status,
      kind: start.kind.kind as RolloutStatus['kind'],
      rolloutId: status.runRef,
      service: '',
      environment: '',
      version: '',
      phase: 'starting',
      weight: 0,
      stages: [],
    }));
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
    this.notifier.notify('started');
  }

  noteSteady(replicas: number): void {
    this.#replicaUse = { steady: replicas, extra: [] };
  }

  /** Replicas beside those of stable, from this moment on. */
  noteExtra(replicas: number, atMs = Date.now()): void {
    const { extra = [] } = this.#replicaUse ?? {};
    if ((extra.at(-1)?.replicas ?? 0) !== replicas) extra.push({ atMs, replicas });
  }

  override accept(
    ...accepted: Parameters<Run<RolloutStatus, RolloutUndos, AnySpec>['accept']>
  ): void {
    super.accept(...accepted);
    this.status.service = this.status.subject.name;
    this.status.environment = this.status.subject.environment;
  }

  override stopSteps(state: 'failed' | 'stopped'): void {
    if (this.stage !== undefined) Object.assign(this.stage, { leftAtMs: Date.now(), state });
  }

  override verbContext(): VerbContext {
    const { stage } = this;
    return {
      ...super.verbContext(),
      ...(stage !== undefined && { stage: stage.weight }),
      kept: this.status.kept?.map(({ revision }) => revision) ?? [],
    };
  }

  override compose(occasion: Occasion): Notification {
    return composeNotification(this.status, occasion);
  }

  override position(): number {
    return this.status.stages.findLastIndex(({ enteredAtMs }) => enteredAtMs !== undefined);
  }

  override details(): RolloutDetails {
    const { version, previousVersion, stages } = this.status;
    return {
      version,
      ...(previousVersion !== undefined && { previousVersion }),
      stages,
      ...(this.#replicaUse && { replicaUse: this.#replicaUse }),
    };
  }

  override outcomeOfFailure(): string {
    return 'RolledBack';
  }

  override workingPhase(): RolloutStatus['phase'] {
    return 'preparing';
  }

  override phaseAfterAnswer(): RolloutStatus['phase'] {
    return this.status.phase === 'stuck' ? 'taking-over' : 'undoing';
  }

  override tooLateToStop(): string | undefined {
    if (this.status.phase !== 'promoting') return undefined;
    return `The workflow was cancelled while ${this.status.version} was being promoted, which was too late to stop it`;
  }

  protected override named(): string {
    return this.status.version;
  }

  protected override page(): string {
    return renderCurrentDetails(this.status);
  }

  protected override columns(): SearchColumns {
    return {
      ...super.columns(),
      version: this.status.version,
      phase: shownPhase(this.status),
      deployments: this.spec === undefined ? [] : deploymentsOf(this.spec),
    };
  }

  protected override deriveStatus(): void {
    const { needsApproval } = this.status;
    for (const stage of this.status.stages) {
      if (stage === this.stage && needsApproval !== undefined) stage.needsApproval = needsApproval;
      else delete stage.needsApproval;
    }
    this.status.steps = stepsOfStages(this.status);
  }
}
