import type { Evidence } from '../../../src/contracts/kernel/counted-evidence.ts';
import type { ServiceState, WantedRelease } from '../../../src/contracts/rollouts/platform.ts';
import type { ReadinessSpec, Release } from '../../../src/specs/rollouts/release.ts';
import type { AnySpec } from '../../../src/specs/rollouts/resolution.ts';
import { obtainPermit } from './obtain-permit.ts';
import type { Rollout } from './rollout.ts';
import { actsOn, type ServiceActs } from './service-acts.ts';

/** The service of a rollout, and what the rollout has done to it. */
export interface OpenService {
  /** As found; after the claim, without what a dead rollout had left on it. */
  found: ServiceState;
  acts: ServiceActs;
  /** How many canary replicas were asked for, and were ready. */
  canaryReplicas: number;
  /** Changes of others were undone once. */
  hasCorrectedDrift: boolean;
  /** What its holds so far have shown, for the next one; absent where nothing was weighed. */
  evidence?: Record<string, Evidence>;
}

/** Reads the service before anything is changed. */
export async function openService(
  rollout: Rollout,
  spec: AnySpec,
  wanted?: WantedRelease,
): Promise<OpenService> {
  const { status } = rollout;
  const acts = actsOn(rollout, 'act');
  const found = await acts.inspect(wanted, 'analysis' in spec ? spec.analysis : undefined);
  status.kept = found.kept;
  rollout.notes.push(...(found.remarks ?? []));
  if (found.url !== undefined) status.serviceUrl = found.url;
  if (found.stable !== undefined) {
    status.previousVersion = found.stable.release.version;
    rollout.noteSteady(found.stable.wanted);
  }
  await obtainPermit(rollout, spec);
  return { found, acts, canaryReplicas: 0, hasCorrectedDrift: false };
}

/** A release that is to run beside stable for a while. */
export function beside(release: Release, readiness: ReadinessSpec): WantedRelease {
  return { release, way: 'beside', readiness };
}

/** The first act. From here on every act has its undo. */
export async function claimService(rollout: Rollout, service: OpenService): Promise<void> {
  rollout.open();
  rollout.undo.armLast(`release ${rollout.status.service}`, 'releaseService');
  rollout.enterPhase('preparing', `Claiming ${rollout.status.service}`);
  service.found = await service.acts.claim(rollout.status);
  const { url } = service.found;
  if (url !== undefined) rollout.status.serviceUrl = url;
}

/** Arms, before there is a canary, what takes its traffic away and then removes it. */
export function armUndoOfCanary(rollout: Rollout): void {
  rollout.undo.arm('remove the canary', 'removeCanary');
  rollout.undo.arm('route all traffic to stable', 'routeToStable');
}

/** Arms, before the release is replaced in place, what gives stable its own release back. */
export function armUndoOfReplacement(
  rollout: Rollout,
  { found }: OpenService,
  { deadlineMs }: ReadinessSpec,
): void {
  const stable = found.stable?.release.version;
  rollout.undo.arm('put the previous release back', 'restoreReplaced', deadlineMs, stable);
}
