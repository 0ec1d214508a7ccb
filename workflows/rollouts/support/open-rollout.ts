import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import { failureTypes } from '../../../src/contracts/kernel/failures.ts';
import { workflowIdOf } from '../../../src/kinds/locks.ts';
import { rolloutKinds } from '../../../src/kinds/rollouts.ts';
import type { ServiceState, WantedRelease } from '../../../src/contracts/rollouts/platform.ts';
import type { RolloutSettings } from '../../../src/contracts/kernel/settings.ts';
import type { ReadinessSpec, Release } from '../../../src/specs/rollouts/release.ts';
import type { AnySpec } from '../../../src/specs/rollouts/resolution.ts';
import { Fencing } from '../../kernel/fencing.ts';
import { noteReleased } from './note-changes.ts';
import { Notifier } from '../../kernel/notifier.ts';
import type { Rollout } from '../../kernel/rollout.ts';
import type { ServiceActs } from './service-acts.ts';
import { createServiceActs } from './service-acts.ts';

/** A rollout that may act: on what, and how it is undone. */
export interface OpenRollout {
  /** The service as found; after the claim, without what a dead rollout had left on it. */
  found: ServiceState;
  acts: ServiceActs;
  /** The same acts with the time budget of an undo. */
  undoActs: ServiceActs;
}

/** Checks the workflow ID and reads the service before anything is changed. */
export async function openRollout(
  rollout: Rollout,
  spec: AnySpec,
  settings: RolloutSettings,
  wanted?: WantedRelease,
): Promise<OpenRollout> {
  const { status } = rollout;
  rollout.spec = spec;
  if (settings.notifies) rollout.notifier = new Notifier(rollout);
  status.service = spec.service;
  status.environment = spec.environment;
  refuseOtherWorkflowId(spec);

  const ref = { service: spec.service, environment: spec.environment, target: spec.target };
  const fencing = new Fencing(rollout.id);
  const acts = createServiceActs(ref, fencing, settings, settings.actBudgetMs);
  const undoActs = createServiceActs(ref, fencing, settings, settings.undoBudgetMs);
  rollout.useSettings = (renewed) => {
    Object.assign(acts, createServiceActs(ref, fencing, renewed, renewed.actBudgetMs));
    Object.assign(undoActs, createServiceActs(ref, fencing, renewed, renewed.undoBudgetMs));
  };
  const found = await acts.inspect(wanted, 'analysis' in spec ? spec.analysis : undefined);
  status.kept = found.kept;
  rollout.notes.push(...(found.remarks ?? []));
  if (found.url !== undefined) status.serviceUrl = found.url;
  if (found.stable !== undefined) status.previousVersion = found.stable.release.version;
  return { found, acts, undoActs };
}

/** A release that is to run beside stable for a while. */
export function beside(release: Release, readiness: ReadinessSpec): WantedRelease {
  return { release, way: 'beside', readiness };
}

/** The first act. From here on every act has its undo. */
export async function takeService(rollout: Rollout, service: OpenRollout): Promise<void> {
  const { acts, undoActs } = service;
  rollout.opened = true;
  rollout.undo.addLast(`release ${rollout.status.service}`, async () => {
    noteReleased(rollout, await undoActs.undoClaim());
  });
  rollout.enterPhase('preparing', `Claiming ${rollout.status.service}`);
  service.found = await acts.claim(rollout.status);
  const { url } = service.found;
  if (url !== undefined) rollout.status.serviceUrl = url;
}

/** Arms, before there is a canary, what takes its traffic away and then removes it. */
export function armUndoOfCanary(rollout: Rollout, { undoActs }: OpenRollout): void {
  rollout.undo.add('remove the canary', () => undoActs.removeCanary());
  rollout.undo.add('route all traffic to stable', async () => {
    await undoActs.restoreStable();
    rollout.status.weight = 0;
  });
}

/** Arms, before the release is replaced in place, what gives stable its own release back. */
export function armUndoOfReplacement(
  rollout: Rollout,
  { found, undoActs }: OpenRollout,
  { deadlineMs }: ReadinessSpec,
): void {
  rollout.undo.add('put the previous release back', async () => {
    if ((await undoActs.restoreReplaced()) === 'under-way') {
      await undoActs.awaitStableComplete(Date.now() + deadlineMs, found.stable?.release.version);
    }
    rollout.status.weight = 0;
  });
}

/** The workflow ID is the lock on a service: under another one, two rollouts could run at once. */
export function refuseOtherWorkflowId(spec: AnySpec): void {
  const { workflowId, taskQueue } = workflowInfo();
  const kind = rolloutKinds[spec.kind];
  const { workflowType } = kind;
  const right = workflowIdOf(kind, kind.subject(spec));
  if (workflowId === right) return;
  throw ApplicationFailure.nonRetryable(
    `This must run under the workflow ID ${right}, not ${workflowId}: the ID keeps two rollouts of one service apart. ` +
      `Start it with: temporal workflow start --type ${workflowType} --task-queue ${taskQueue} ` +
      `--workflow-id ${right} --fail-existing --input-file YOUR_SPEC.json`,
    failureTypes.wrongWorkflowId,
  );
}
